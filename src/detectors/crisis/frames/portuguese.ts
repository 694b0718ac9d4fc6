import { type Frame, frame } from './frame.ts'

/** Portuguese: fewer frames than English, the same meanings. */
export const portuguese: readonly Frame[] = [
  frame('pt-attempt', 'suicidal-ideation', 'attempt', 'critical', [
    '(tomei|engoli|acabei de tomar|acabei de engolir|ja tomei) ~2 (todos|todas|muitos|varios|um monte|demais|cartelas) ~3 (comprimidos|remedios|pilulas|medicamentos|calmantes|cartelas)',
    '(tomei|engoli|acabei de tomar|acabei de engolir|ja tomei) ~1 (a cartela|o frasco|a caixa|cartelas|uma cartela|um frasco) ~1 (inteira|inteiro|toda|todo|de remedio|de remedios|de comprimidos|de calmantes)',
    '(tomei|engoli|acabei de tomar) ~2 (comprimidos|remedios) ~6 (morrer|nao acordar|adeus|acabou|me perdoem|pra sempre|para sempre)',
    '(cortei|estou cortando|to cortando|acabei de cortar|abri) ~2 (os pulsos|meus pulsos|o pulso|as veias)',
    '(estou sangrando|to sangrando|estou a sangrar) ~6 (pulsos|pulso|veias|de proposito|morrer|adeus)',
    '(estou|to|sentado|sentada|parado|parada|subi) ~2 (ponte|telhado|viaduto|trilhos|parapeito|beira|sacada|terraco) ~5 (pular|pulo|me jogar|me jogo|saltar|adeus|morrer|me atirar)',
    '(ontem|hoje|acabei de|de novo) ~2 (tentei|tentar) ~1 (me matar|suicidio|acabar com a minha vida|tirar minha vida|tirar a minha vida|me enforcar|suicidar me)',
    'tentei ~1 (me matar|suicidio|acabar com a minha vida|tirar minha vida|tirar a minha vida|me enforcar|suicidar me) ~2 (ontem|de novo|outra vez|esta noite|essa noite|esta semana)',
    '(tomei) ~1 (uma overdose|veneno|overdose)',
  ]),
  frame('pt-tried', 'suicidal-ideation', 'attempt', 'strong', [
    'tentei ~1 (de novo|ontem|outra vez) ~4 (nao consegui morrer|nao deu certo|acordei|ainda estou aqui|falhei|me acharam|me encontraram)',
    'tentei ~1 (me matar|suicidio|acabar com a minha vida|tirar minha vida|tirar a minha vida|me enforcar|suicidar me)',
  ]),
  frame('pt-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(me jogo|vou me jogar|pulo|vou pular|me atiro|vou me atirar) ~3 (da janela|da ponte|do predio|na frente|do viaduto|nos trilhos)',
    '(vou|hoje vou|decidi|estou decidido|estou decidida|planejo|pretendo|vo|to planejando|resolvi|estou prestes a) ~2 (me matar|me suicidar|acabar com a minha vida|acabar com tudo|tirar minha vida|tirar a minha vida|me enforcar|morrer hoje|matar me|acabar com minha vida|suicidar|suicidar me|dar fim a minha vida|por fim a minha vida|dar fim em tudo)',
    '(hoje|esta noite|amanha|hoje a noite) ~3 (acaba tudo pra mim|acaba tudo para mim|acabo com tudo|eu me mato|vou embora pra sempre|vou embora para sempre|me mato|e meu ultimo dia|acabo com a minha vida)',
    '(acaba tudo|tudo acaba) ~6 (me perdoem|me perdoa|adeus|cansei de lutar)',
    '(quando voce ler|quando voces lerem|quando lerem) ~2 (estarei morto|estarei morta|nao estarei|ja terei)',
    '(e a minha ultima|e minha ultima|e o meu ultimo|e meu ultimo) (noite|dia) ~1 (vivo|viva|na terra|de vida|da minha vida)',
  ]),
  frame('pt-plan', 'suicidal-ideation', 'plan', 'critical', [
    '(a|minha|minhas|as|meu) (carta de despedida|cartas de despedida|bilhete de despedida)',
    '(carta de suicidio|bilhete de suicidio|carta de adeus)',
    '(carta de despedida|cartas de despedida|bilhete de despedida) ~3 (minha mae|meu pai|meus pais|meus filhos|minha filha|meu filho|minha familia|meu marido|minha esposa|cada um)',
    '(carta de despedida|cartas de despedida|bilhete de despedida) ~8 (morrer|me matar|hoje a noite|acaba|me perdoem|encontrarem|encontrar)',
    '(plano|data|tudo planejado|tudo pronto) ~4 (pra morrer|para morrer|me matar|suicidar|minha vida|fim em tudo|suicidio)',
    '(remedios|comprimidos|corda|arma|veneno) ~4 (pra morrer|para morrer|me matar|suicidar|minha vida|fim em tudo|me enforcar|acabar com tudo)',
  ]),
  frame('pt-plan-words', 'suicidal-ideation', 'plan', 'cue', [
    '(carta|carta de despedida|cartas de despedida) ~2 (ta|esta|estao) ~2 (pronta|prontas|escrita|debaixo|em cima)',
    '(carta|cartas|bilhete) de despedida',
  ]),
  frame('pt-active', 'suicidal-ideation', 'active', 'critical', [
    '(queria|quero|so queria) ~1 (ta|tar|estar|to) (morto|morta)',
    '(quero|queria|tenho vontade de|da vontade de|com vontade de|sinto vontade de|penso em|estou pensando em|to pensando em|ando pensando em|pensei em|to querendo|desejo|paro de pensar em|prefiro|preferia|apetece me) ~2 (morrer|me matar|me suicidar|suicidio|tirar minha vida|tirar a minha vida|acabar com tudo|acabar com a minha vida|sumir pra sempre|estar morto|estar morta|matar me|acabar com minha vida|suicidar me|desaparecer para sempre|me enforcar|acabar com a vida)',
    '(tenho|tive|meus|com|voltaram os|sinto) ~2 (pensamentos suicidas|ideias suicidas|pensamento suicida|pensamentos de suicidio|ideacao suicida|pensamentos de morte)',
    '(sou|estou|to|me sinto) suicida',
    '(nao tenho|me falta|falta me|tivesse) ~1 coragem ~1 (me matar|me suicidar|tirar minha vida|tirar a minha vida)',
  ]),
  frame('pt-wish', 'suicidal-ideation', 'active', 'strong', [
    '(vontade de|pensando em|pensar em|pensamento de) ~2 (morrer|me matar|me suicidar|suicidio|tirar minha vida|tirar a minha vida|acabar com tudo)',
    '(pensamentos|ideias|pensamento|ideacao) (suicidas|suicida|de suicidio|de morte)',
    '(penso|pensando|pensar) ~2 na morte',
    '(hoje|amanha|esta noite) ~1 (acaba tudo|tudo acaba)',
  ]),
  frame(
    'pt-passive',
    'suicidal-ideation',
    'passive',
    'strong',
    [
      '(nao quero|nao quero mais|n quero mais|n quero|nao tenho vontade de|nao tenho mais vontade de|nao aguento|nao aguento mais|ja nao quero|sem vontade de|nao consigo|perdi a vontade de) ~1 (viver|existir|acordar|estar aqui|continuar|estar viva|estar vivo|seguir|continuar vivendo|mais viver|continuar viva|continuar vivo|viver assim|ficar aqui|essa vida|esta vida)',
      '(queria|quem dera|espero|gostaria de|preferia|tomara|torco para|oxala) ~3 (nao acordar|nao acordar mais|estar morto|estar morta|nunca ter nascido|nao ter nascido|nao existir|sumir|desaparecer|dormir e nao acordar|dormir pra sempre|nunca mais acordar|dormir para sempre|que eu morresse)',
      '(melhor|melhores|felizes) ~2 (sem mim|se eu morresse|se eu sumisse|se eu nao existisse|se eu estivesse morto|se eu estivesse morta|se eu nao estivesse|se eu desaparecesse|morto|morta)',
      '(nao vale a pena|nao faz sentido|nao tem sentido|nao vejo sentido|nao vejo motivo|sem sentido|nao tenho motivo|nao vejo razao|nao ha razao) ~3 (viver|continuar|a vida|vida|seguir|nada|mais)',
      '(cansado|cansada|farto|farta|cansei|exausta|exausto) ~1 (de viver|da vida|de existir|de tudo|desta vida|dessa vida|de estar viva|de estar vivo)',
      '(ninguem) ~2 (sentiria minha falta|sentiria a minha falta|notaria|perceberia|ia notar|ia sentir|sentiria falta|vai sentir|ia perceber)',
      '(sou|so sou|me sinto) ~1 (um peso|um fardo|um estorvo)',
      '(nao aguento mais|n aguento mais|nao da mais|nao suporto mais)',
    ],
    true,
  ),
  frame('pt-self-harm', 'self-harm', 'active', 'critical', [
    '(arranho|bato|queimo|corto|mordo|me queimei|me arranho) ~3 (meus bracos|a cabeca na parede|minha pele|minhas pernas|de proposito|ate sangrar|meu braco)',
    '(achei|vi|descobri) ~1 (cortes)',

    '(me corto|me cortar|me cortando|me mutilar|me mutilo|automutilacao|me ferir|corto me|cortar me|magoar me|me mutilando|me machucar)',
    '(me cortei|me machuco|me machuquei|me queimei|me queimo|me machucando|me arranho) ~4 (de proposito|de novo|escondido|outra vez|pra sentir|para sentir|quando fico|de raiva|sozinho|sozinha)',
  ]),
  frame('pt-abuse', 'abuse', 'active', 'strong', [
    '(meu|minha|ele|ela|o meu|a minha) ~1 (marido|namorado|pai|padrasto|mae|ex|irmao|tio|companheiro|esposo|avo|madrasta|primo|ele|namorada|chefe|treinador)? ~3 (me bate|me bateu|me agride|me agrediu|me ameaca|me ameacou|me estuprou|abusa de mim|abusou de mim|me enforcou|me tranca|me toca|me batendo|me espanca|me espancou|me violentou|me chuta|me forca|bate me|me ameacando|me trancou|vai me matar|nao me deixa sair|me empurrou|me obriga|ameaca me|me persegue|bateu me)',
    '(tenho medo|to com medo|medo) ~3 (dele|do meu|ele me|voltar pra casa|de ir pra casa|me mate|do meu marido|da minha mae|de voltar)',
  ]),
  frame('pt-harm', 'harm-to-others', 'active', 'strong', [
    '(vou|quero|vontade de|to com vontade de|penso em|to querendo) ~1 (matar|esfaquear|machucar|atirar em|matar ele|matar ela|queimar|envenenar|dar um tiro|estrangular|bater|ferir) ~2 (ele|ela|eles|todo mundo|meu|minha|alguem|todos|o meu|aquele|a minha|meus|os meus)',
    '(vou|quero|vontade de) (mata lo|mata la|mata los)',
  ]),
  frame('pt-harm-intent', 'harm-to-others', 'intent', 'critical', [
    '(vou|decidi|vo) ~1 (matar|esfaquear|envenenar) ~2 (chefe|marido|mulher|pai|padrasto|irmao|vizinho|ex|ele|ela|todos|esposa|namorado|colegas|professor) ~1 (amanha|hoje|hoje a noite|esta noite|com uma faca|com uma arma)',
    '(hoje|amanha|hoje a noite|esta noite) ~1 vou ~1 (matar|esfaquear|envenenar) ~2 (chefe|marido|pai|padrasto|irmao|vizinho|ex|ele|ela|todos|esposa|namorado|colegas|professor)',
    '(comprei|peguei|tenho) ~1 (arma|faca|veneno) ~2 (matar|esfaquear) ~2 (chefe|marido|pai|padrasto|irmao|vizinho|ex|ele|ela|todos)',
  ]),
  frame('pt-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(nao respira|nao ta respirando|parou de respirar|nao consigo respirar|dor no peito|inconsciente|nao acorda|convulsao|convulsionando|sangrando muito|nao para de sangrar|desmaiou|labios roxos|garganta fechando|nao responde|a sangrar muito|boca torta|ta convulsionando|engoliu|falta de ar)',
  ]),
  frame('pt-medical', 'medical-emergency', 'active', 'cue', [
    '(nao consigo respirar|nao ta respirando|nao esta respirando|parou de respirar|dor no peito|infarto|avc|derrame|inconsciente|nao acorda|convulsao|convulsionando|convulsoes|sangrando muito|nao para de sangrar|ambulancia|overdose|desmaiou|aperto no peito|labios roxos|falta de ar|garganta fechando|reacao alergica|engoliu|samu|enfarte|a sangrar muito|nao respira|pressao no peito|nao responde)',
  ]),
  frame('pt-third', 'third-party', 'active', 'strong', [
    '(meu|minha|um|uma|o meu|a minha) ~1 (amigo|amiga|irmao|irma|filho|filha|pai|mae|namorado|namorada|marido|esposa|colega|primo|prima|melhor amiga|melhor amigo|vizinha|vizinho|aluno|aluna|sobrinho|sobrinha|ex|avo|tio|tia) ~6 (quer morrer|se matar|suicidio|se suicidar|nao quer mais viver|quer se matar|se corta|pensamentos suicidas|ideias suicidas|tirar a propria vida|se cortando|suicida|morrer|matar se|suicidar se|se machucar|sumir|nao quer viver|acabar com tudo|acabar com a vida|tirar a vida)',
  ]),
]
