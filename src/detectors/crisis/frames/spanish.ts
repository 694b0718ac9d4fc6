import { type Frame, frame } from './frame.ts'

/** Spanish: fewer frames than English, the same meanings. */
export const spanish: readonly Frame[] = [
  frame('es-attempt', 'suicidal-ideation', 'attempt', 'critical', [
    '(me tome|me he tomado|acabo de tomar|acabo de tomarme|tome|he tomado|me trague|me he tragado|acabo de tragarme) ~2 (todas|muchas|demasiadas|un monton|un punado|todos|muchos|demasiados) ~3 (pastillas|pildoras|medicamentos|comprimidos|calmantes|somniferos|ansioliticos)',
    '(me tome|me he tomado|acabo de tomar|acabo de tomarme|tome|me trague|me he tragado) ~2 (frasco|caja|bote) ~1 (entero|entera|completo|completa|de pastillas|de calmantes|de somniferos)',
    '(me tome|me he tomado|acabo de tomar|me trague) ~2 pastillas ~8 (morir|morirme|no despertar|adios|se acabo|para siempre|perdon|perdonenme)',
    '(me corte|me acabo de cortar|acabo de cortarme|me he cortado|me estoy cortando|estoy cortandome|me abri|me he abierto) ~3 (venas|munecas|muneca)',
    '(estoy sangrando|me estoy desangrando|ya sangro) ~8 (venas|munecas|a proposito|morir|adios|no pidan ayuda)',
    '(estoy|parado|parada|sentado|sentada|subido|subida) ~3 (puente|azotea|cornisa|vias|barandilla|tejado|balcon) ~8 (saltar|salto|tirarme|me tiro|lanzarme|me lanzo|adios|morir|se acaba)',
    '(ayer|anoche|hoy|acabo de|otra vez) ~2 (intente|intentar|he intentado) ~1 (matarme|suicidarme|quitarme la vida|ahorcarme)',
    '(intente|he intentado) ~1 (matarme|suicidarme|quitarme la vida|ahorcarme) ~3 (ayer|anoche|hoy|otra vez|de nuevo|esta manana|esta noche|esta semana)',
    '(me he tomado|me tome|tome) ~1 (una sobredosis|sobredosis|veneno)',
  ]),
  frame('es-tried', 'suicidal-ideation', 'attempt', 'strong', [
    '(intente|he intentado) ~1 (matarme|suicidarme|quitarme la vida|ahorcarme)',
    '(ayer|anoche) lo intente ~1 (y|pero)',
    '(lo intente|lo he intentado) ~2 (otra vez|anoche|de nuevo|y falle|y fallo|y no sali|y sigo aqui)',
  ]),
  frame('es-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(me tiro|me voy a tirar|voy a tirarme|me lanzo|me aviento|salto|voy a saltar) ~2 (por la ventana|del puente|al tren|del balcon|de la azotea|a las vias)',
    '(me voy a|voy a|hoy me|esta noche me|manana me|he decidido|planeo|ya decidi|estoy por|estoy a punto de) ~2 (matarme|suicidarme|quitarme la vida|ahorcarme|acabar con mi vida|colgarme|morir hoy|morir esta noche|terminar con mi vida|tirarme por|tirarme al|acabar con todo)',
    '(voy a|hoy me|esta noche me|manana me) ~1 (suicidar|quitar la vida|suicido|quito la vida)',
    '(me voy a|hoy me|esta noche me|manana me) ~1 (matar|ahorcar|colgar|mato|ahorco)',
    '(esta noche|hoy|manana) ~3 (se acaba todo para mi|me mato|acabo con todo|me voy para siempre|termina todo para mi|acabo con esto|acabo con mi vida)',
    '(cuando leas esto|cuando lean esto|cuando leais esto) ~2 (estare muerto|estare muerta|habre muerto|no estare)',
    '(es mi ultima|sera mi ultima|es mi ultimo|sera mi ultimo) (noche|dia) ~2 (vivo|viva|en este mundo|en la tierra|de vida|de mi vida)',
  ]),
  frame('es-plan', 'suicidal-ideation', 'plan', 'critical', [
    '(escribi|he escrito|deje|tengo|estoy escribiendo) ~2 (la carta de despedida|mi carta de despedida|mis cartas de despedida|las cartas de despedida|nota de suicidio|carta de suicidio|mi nota de despedida|mis cartas)',
    '(carta de despedida|cartas de despedida|nota de despedida) ~2 (mi madre|mi padre|mis padres|mis hijos|mi hijo|mi hija|mi familia|mi mama|mi papa|mi esposo|mi esposa|mi hermana|mi hermano|cada uno|todos los que quiero)',
    '(carta de despedida|cartas de despedida|nota de despedida) ~8 (morir|me mato|matarme|esta noche|se acaba|perdon|encuentren|encuentre)',
    '(pastillas|cuerda|pistola|arma|veneno) ~4 (para|con que|y voy a|y pienso) ~1 (matarme|morir|morirme|suicidarme|ahorcarme|acabar con mi vida|acabar con todo|quitarme la vida|hacerlo)',
    '(guarde|he guardado|estoy guardando|estoy juntando|llevo|he juntado) ~4 pastillas ~6 (matarme|morir|morirme|suicidarme|acabar|hacerlo)',
    '(plan|todo planeado|todo listo|fecha|todo preparado) ~2 (para|de) ~1 (matarme|morir|morirme|suicidarme|ahorcarme|acabar con mi vida|acabar con todo|quitarme la vida|suicidio)',
  ]),
  frame('es-plan-words', 'suicidal-ideation', 'plan', 'cue', [
    '(tengo|ya tengo) (un plan|el plan|todo planeado|todo listo|todo preparado|la fecha)',
    '(carta|cartas|nota) de despedida',
  ]),
  frame('es-active', 'suicidal-ideation', 'active', 'critical', [
    '(quiero|kiero|quisiera|deseo|tengo ganas de|me dan ganas de|pienso en|estoy pensando en|ando pensando en|sigo pensando en|he pensado en|pienso mucho en|necesito|prefiero|me gustaria|dejo de pensar en) ~2 (morir|morirme|matarme|suicidarme|quitarme la vida|desaparecer para siempre|ahorcarme|acabar con mi vida|estar muerto|estar muerta|acabar con todo|terminar con mi vida|cortarme las venas|terminar con todo)',
    '(pienso en|estoy pensando en|ando pensando en|he pensado en|pienso mucho en|dejo de pensar en) ~1 suicidio',
    '(quiero|queria|quisiera|pienso) ~1 (suicidar|quitar la vida)',
    'me (quiero|quisiera|pienso) ~1 (matar|ahorcar|morir)',
    '(tengo|tuve|me vienen|vuelven|siento|con|mis) ~2 (pensamientos suicidas|ideas suicidas|pensamientos de suicidio|ideas de suicidio|pensamientos de muerte|ideas de matarme)',
    '(soy|estoy|me siento) ~1 suicida',
    '(no tengo|me falta|si tuviera|tuviera) ~1 (valor|valentia|coraje) ~1 (matarme|suicidarme|quitarme la vida)',
  ]),
  frame('es-wish', 'suicidal-ideation', 'active', 'strong', [
    '(ganas de|ganas d|pensando en|pensamientos de|pensar en) ~2 (morir|morirme|matarme|suicidarme|suicidio|quitarme la vida|el suicidio)',
    '(pensamientos|ideas) (suicidas|de suicidio|de muerte|de matarme)',
    '(pienso en|pensando en|pienso mucho en|pensar en) ~1 (la muerte)',
    '(esta noche|hoy|manana) ~1 (se acaba todo|termina todo)',
  ]),
  frame(
    'es-passive',
    'suicidal-ideation',
    'passive',
    'strong',
    [
      '(no me importaria|ojala|quisiera) ~3 (que me atropellara|me atropelle|me atropellara|no amanecer|que un coche|un coche me|me cayera)',

      '(no quiero|ya no quiero|no tengo ganas de|no quisiera|ya no tengo ganas de|no deseo|no quiero seguir|sin ganas de) ~1 (vivir|seguir|seguir viviendo|despertar|despertarme|existir|estar aqui|estar viva|estar vivo|viviendo|seguir aqui|seguir adelante)',
      '(ojala|desearia|quisiera|espero|me gustaria) ~2 (no despertar|no despertara|estar muerto|estar muerta|no haber nacido|morirme|no existir|no despertarme|estuviera muerta|estuviera muerto|dormir y no despertar|dormirme y no despertar|desaparecer|me muriera|no despierte|no hubiera nacido|me muera)',
      '(mejor|felices|estarian mejor|estaran mejor) ~2 (sin mi|si me muero|si yo no estuviera|si no estoy|si no existiera|muerto|muerta|si muero|si me muriera)',
      '(no vale la pena|no tiene sentido|no le veo sentido a|no encuentro sentido a|no hay razon para|no tengo razones para|no tengo motivos para|no le encuentro sentido a) ~2 (vivir|seguir|la vida|mi vida|seguir viviendo|nada|vivir asi|seguir asi)',
      '(cansado|cansada|harto|harta) de (vivir|la vida|todo|existir|esta vida|mi vida|seguir)',
      '(nadie) (me extranaria|notaria|me echaria de menos|se daria cuenta|lloraria)',
      '(soy|solo soy) una (carga|molestia)',
      '(no puedo|ya no puedo) (mas|seguir|seguir asi|con esto|con mi vida|aguantar mas)',
    ],
    true,
  ),
  frame('es-other', 'self-harm', 'active', 'critical', [
    '(me quemo|me pego) ~5 (mechero|encendedor|cigarrillo|culpable|sangrar|castigarme|a proposito|brazos|piernas|morado)',
    '(me muerdo|me pellizco|me golpeo|me arano) ~5 (hasta|para|cuando|otra vez|sangrar|castigarme|morado)',

    '(me) (corto|cortarme|lastimo|hago dano|autolesiono|estoy cortando|he vuelto a cortar|lastimarme) ~4 (brazos|piernas|otra vez|cuando|siento|brazo|sentir|munecas|muslos)',
    '(ganas de|quiero|necesito|volvi a|vuelvo a|he vuelto a|empece a|urgencia de|impulso de|deseo de) ~1 (cortarme|hacerme dano|lastimarme|autolesionarme|quemarme|herirme)',
  ]),
  frame('es-abuse', 'abuse', 'active', 'strong', [
    '(mi|el|ella) ~1 (marido|esposo|novio|pareja|padre|papa|padrastro|mama|madre|ex|tio|hermano|mujer|abuelo|el|primo|esposa|novia|jefe|profesor)? ~3 (me pega|me golpea|me golpeo|me pego|me amenaza|me amenazo|me viola|me violo|abusa de mi|me maltrata|me ahorca|me ahorco|me encierra|me toca|me obliga|abuso de mi|me quita|no me deja salir|me empuja|me patea|me va a matar|me controla|me dio una paliza|me tira|estrangulo)',
    '(tengo miedo|me da miedo|miedo) ~4 (me mate|me pegue|vuelva|casa|marido|esposo|novio|padre|papa|padrastro|me haga)',
  ]),
  frame('es-harm', 'harm-to-others', 'active', 'strong', [
    '(quiero|voy a|ganas de|pienso|tengo ganas de|planeo) ~1 (matar|matarlo|matarla|matarlos|apunalar|apunalarlo|dispararle|hacerle dano|golpearlo|quemar|acuchillar|envenenar|lastimar|ahorcarlo|hacerles dano|apunalarla|disparar) ~2 (a mi|a mis|a el|a ella|a todos|a mi jefe|a alguien|a ese)?',
  ]),
  frame('es-harm-named', 'harm-to-others', 'active', 'strong', [
    '(quiero|voy a|ganas de|pienso) (matar|apunalar|acuchillar|envenenar|golpear) a ~1 (jefe|marido|esposo|mujer|padre|padrastro|hermano|hermana|vecino|ex|madre|novio|novia|companeros|profesor|hijo|bebe)',
  ]),
  frame('es-harm-intent', 'harm-to-others', 'intent', 'critical', [
    '(voy a|he decidido|pienso) (matar|apunalar|envenenar|acuchillar) ~2 (jefe|marido|esposo|mujer|padre|padrastro|hermano|vecino|ex|todos|esposa|novio|companeros|profesor) ~1 (manana|hoy|esta noche|con un cuchillo|con una pistola)',
    '(hoy|manana|esta noche) (lo|la|los|voy a) ~1 (mato|matar|matarlo|matarla|apunalar|apunalarlo|apunalo)',
    '(voy a|pienso) (matarlo|matarla|matarlos|apunalarlo|apunalarla) ~1 (manana|hoy|esta noche|con un cuchillo|con una pistola)',
    '(compre|tengo) ~1 (pistola|cuchillo|arma|veneno) ~2 (matarlo|matarla|matarlos|matar)',
  ]),
  frame('es-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(no respira|dejo de respirar|no puedo respirar|inconsciente|no despierta|convulsiones|convulsionando|sangrando mucho|no deja de sangrar|no para de sangrar|se desmayo|labios azules|se me cierra la garganta|me cuesta respirar|dolor en el pecho|dolor de pecho|me duele el pecho|se desplomo|convulsiona|sangra mucho|se trago|boca torcida|cara caida)',
  ]),
  frame('es-medical', 'medical-emergency', 'active', 'cue', [
    '(no puedo respirar|no respira|dejo de respirar|me duele el pecho|dolor en el pecho|dolor de pecho|infarto|derrame|inconsciente|no despierta|convulsiones|convulsionando|sangrando mucho|no deja de sangrar|no para de sangrar|ambulancia|se desmayo|me cuesta respirar|presion en el pecho|labios azules|se me cierra la garganta|reaccion alergica|sobredosis|se trago|se desplomo|convulsiona|se atraganta|sangra mucho)',
  ]),
  frame('es-third', 'third-party', 'active', 'strong', [
    '(encontre|vi|descubri) ~2 (cortes|cicatrices|una nota|pastillas) ~2 (en|de) ~2 (brazos|hijo|hija|alumna|alumno|hermana|hermano|pierna|amiga)',

    '(mi|un|una) ~1 (amigo|amiga|hijo|hija|hermano|hermana|novio|novia|madre|padre|mama|papa|esposo|esposa|prima|primo|companero|companera|pareja|vecina|vecino|alumno|alumna|mejor amiga|mejor amigo|tio|tia|ex) ~6 (quiere morir|quiere morirse|se quiere matar|quiere matarse|suicidarse|suicidio|se va a matar|no quiere vivir|se corta|matarse|quitarse la vida|morirse|suicidar|se quiere morir|quiere suicidarse|hacerse dano|no quiere seguir viviendo|se hace dano|despidiendose|se despidio|desaparecer|pensamientos suicidas|ideas suicidas|pensando en el suicidio)',
    '(amigo|amiga|hijo|hija|hermano|hermana|novio|novia|esposo|esposa|prima|primo|madre|padre|alumno|alumna) ~1 (pensamientos|ideas) (suicidas|de suicidio)',
  ]),
]
