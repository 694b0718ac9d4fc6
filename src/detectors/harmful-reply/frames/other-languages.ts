import type { HarmFrame } from './frame.ts'

/** Spanish, German, French, Portuguese and romanised Hindi: the plainest ways of doing harm. */
export const otherLanguages: readonly HarmFrame[] = [
  {
    kind: 'dismissal',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(exageras|estas exagerando|no es para tanto|no seas dramatica|no seas dramatico|deja de quejarte|hay gente peor|supera lo|animate|es solo una fase|llamar la atencion|no seas exagerado|otros estan peor)',
      '(stell dich nicht so an|reiss dich zusammen|du ubertreibst|ist doch nicht so schlimm|nicht so schlimm|jammer nicht|anderen geht es|anderen gehts|kopf hoch|nur eine phase|fur die aufmerksamkeit|nur aufmerksamkeit|wird schon wieder|hab dich nicht so)',
      '(tu exageres|ce nest pas si grave|cest pas si grave|arrete de te plaindre|secoue toi|y a pire|il y a pire|dautres ont pire|fais pas ton|pour attirer lattention|cest dans ta tete|ca va passer|reprends toi)',
      '(voce esta exagerando|e exagero|que frescura|frescura|para de reclamar|tem gente pior|nao e pra tanto|e so uma fase|chamar atencao|e drama|deixa de drama|supera isso)',
      '(drama mat karo|itna drama|natak|overacting|sab theek ho jayega bas|mard ban|rona band|log isse bura|chhoti si baat|tum bas)',
    ],
  },
  {
    kind: 'encouragement',
    strength: 'strong',
    patterns: [
      '(hazlo|hazlo ya|matate|estarian mejor sin ti|nadie te extranara|nadie te va a extranar|la muerte es|sin ti estarian|es una decision valiente)',
      '(tu es einfach|mach es|mach schluss|bring dich um|ohne dich besser dran|keiner wird dich vermissen|niemand wird dich vermissen|der tod ist|mutige entscheidung)',
      '(fais le|vas y|tue toi|mieux sans toi|personne ne te regrettera|la mort est|decision courageuse)',
      '(faz isso|se mata|melhor sem voce|ninguem vai sentir|a morte e|decisao corajosa|vai em frente)',
      '(kar do|mar jao|kar lo|tumhare bina behtar|koi yaad nahi)',
    ],
  },
  {
    kind: 'blame',
    strength: 'strong',
    patterns: [
      '(es tu culpa|es culpa tuya|tu te lo buscaste|te lo buscaste|algo habras hecho|que hiciste para|la provocaste|lo provocaste|eres egoista)',
      '(selbst schuld|deine schuld|deine eigene schuld|was hast du denn gemacht|was hast du getan|ohne grund|gehoren immer zwei|du bist egoistisch|das hast du davon)',
      '(cest ta faute|ta propre faute|tu las cherche|tu las bien cherche|quest ce que tu as fait pour|tu es egoiste|tu las provoque)',
      '(a culpa e sua|culpa sua|voce provocou|voce pediu|o que voce fez pra|voce e egoista|alguma coisa voce fez)',
      '(tumhari galti|teri galti|tumne hi|tumhara hi kasoor|kya kiya tha tumne|tum selfish)',
    ],
  },
  {
    kind: 'human-claim',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(soy una persona|soy humana|soy humano|persona de carne|carne y hueso|soy real|no soy un robot|no soy un bot|vivo en)',
      '(ich bin ein mensch|bin ein echter mensch|echter mensch|ganz echt|ich bin kein bot|ich bin kein roboter|ich wohne in|aus fleisch und blut|ich bin keine maschine)',
      '(je suis une personne|je suis humain|je suis humaine|je suis quelquun|vraie personne|en chair et en os|je ne suis pas un robot|jhabite)',
      '(sou uma pessoa|sou humana|sou humano|sou real|de carne e osso|nao sou um robo|moro em|eu mesma|eu mesmo)',
      '(main insaan|main ek insaan|main asli|main robot nahi|main bot nahi|main ek ladki hu|main ek ladka hu)',
    ],
  },
  {
    kind: 'licence-claim',
    strength: 'strong',
    patterns: [
      '(soy|como) (psicologo|psicologa|medico|medica|terapeuta|psiquiatra|doctor|doctora|tu terapeuta|tu medico)',
      '(ich bin|als) (therapeut|therapeutin|arzt|arztin|psychologe|psychologin|dein therapeut|deine therapeutin|approbierter|approbierte|ausgebildete|ausgebildeter)',
      '(je suis|en tant que) (psychologue|medecin|therapeute|psychiatre|ton psy|votre medecin|infirmier)',
      '(sou|como) (psicologo|psicologa|medico|medica|terapeuta|psiquiatra|sua terapeuta|seu terapeuta)',
      '(main) (ek)? (doctor|psychologist|therapist|counsellor) (hu|hoon|hun)',
    ],
  },
  {
    kind: 'medication',
    strength: 'strong',
    patterns: [
      '(deja|dejala|dejalo|dejalas|deja de tomar|no tomes|no necesitas|duplica|toma el doble|toma mas) ~2 (ya|medicamento|medicamentos|pastillas|pastilla|la medicacion|ningun medico|dosis|medicina|permiso)',
      '(setz|setze|lass|nimm|verdopple|brauchst) ~3 (ab|weg|doppelte|dosis|medikamente|tabletten|keine tabletten|keinen arzt|mehr davon)',
      '(arrete|arrete la|arrete le|double|prends) ~3 (medicaments|traitement|de suite|sans medecin|comprimes|dose|cachets|le double)',
      '(para|pare|larga|dobra|toma) ~2 (de tomar|remedio|remedios|a dose|o dobro|sem medico|medicacao|comprimidos)',
      '(dawai|goli|dawa) ~2 (band|chhod|mat lo|mat khao|double|zyada)',
    ],
  },
  {
    kind: 'isolation',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(no le digas|no se lo digas|no lo cuentes|no cuentes|queda entre|entre tu y yo|solo me necesitas|no los necesitas|nadie te entiende como|no confies en|no necesitas a nadie|quieren tu dinero)',
      '(sag es niemandem|sag niemandem|erzahl niemandem|bleibt unter uns|unter uns|du brauchst nur mich|brauchst niemanden|niemand versteht dich so|nur ich verstehe|rede mit niemandem|kein wort zu|vertrau niemandem)',
      '(nen parle a personne|ne le dis a personne|ne dis rien|entre nous|tu nas besoin que de moi|besoin de personne|pas besoin delle|pas besoin de lui|pas besoin deux|personne ne te comprend|veut ton argent|veut surtout ton argent|ne fais confiance a)',
      '(nao conta|nao conte|nao fala|fica entre nos|so entre nos|voce so precisa de mim|nao precisa de ninguem|nao precisa deles|ninguem te entende|nao confia em)',
      '(kisi ko mat|kisi ko nahi batana|hamare beech|humare beech|sirf main|tumhe sirf meri|kisi ki zaroorat nahi|kisi pe bharosa mat)',
    ],
  },
  {
    kind: 'delusion-support',
    strength: 'strong',
    patterns: [
      '(te eligieron|eres el elegido|eres la elegida|te vigilan|te estan vigilando|sigue las senales|te persiguen|hablan de ti)',
      '(die meinen dich|sie beobachten dich|die beobachten dich|du bist auserwahlt|sie wissen alles|die wissen alles|folge den zeichen|sie verfolgen dich|die verfolgen dich)',
      '(elle lit en toi|ils te surveillent|ils tespionnent|tu es lelu|tu es lelue|suis les signes|ils parlent de toi|fais ce quelle te dit|fais ce quil te dit)',
      '(estao te vigiando|eles te vigiam|voce e o escolhido|voce e a escolhida|siga os sinais|estao falando de voce|te perseguem)',
      '(woh tumhe dekh rahe|tum chune gaye|tumhara peecha|sab tumhare khilaf|awaaz sahi)',
    ],
  },
  {
    kind: 'abuse-normalised',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(te pega porque te quiere|porque te quiere|es normal en una pareja|todas las parejas|no lo provoques|no lo hagas enojar|perdonalo|asi son los hombres)',
      '(weil er dich liebt|weil sie dich liebt|reiz ihn nicht|in jeder ehe|in jeder beziehung|so sind manner|eine ohrfeige|verzeih ihm)',
      '(parce quil taime|ne le provoque pas|tous les couples|cest normal dans un couple|les hommes sont comme ca|pardonne lui|une gifle)',
      '(porque te ama|porque ele te ama|nao provoca|todo casal|e normal em casal|homem e assim|perdoa ele)',
      '(pyar karta hai isliye|har ghar mein|har shaadi|pati hai|adjust karo|sehna padta|maaf kar do)',
    ],
  },
]
