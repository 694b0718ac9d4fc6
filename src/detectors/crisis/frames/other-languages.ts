import type { CrisisCategory, CrisisLevel } from '../../finding.ts'
import type { Frame } from './frame.ts'

/** Spanish, German, French, Portuguese and romanised Hindi: fewer frames, the same meanings. */
export const otherLanguages: readonly Frame[] = [
  frame('es-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(me tiro|me voy a tirar|me lanzo|me aviento|salto) ~2 (por la ventana|del puente|al tren|del balcon|de la azotea|a las vias)',
    '(lo intente|intente matarme|intente suicidarme|intente quitarme la vida|lo intente otra vez)',

    '(me voy a|voy a|hoy me|esta noche me|manana me|pienso|he decidido|planeo|ya decidi) ~2 (matarme|suicidarme|quitarme la vida|ahorcarme|acabar con mi vida|colgarme|morir hoy|morir esta noche|terminar con mi vida|tirarme por|tirarme al|acabar con todo)',
    '(me voy a|me quiero|me pienso|hoy me|esta noche me|manana me) ~1 (matar|suicidar|quitar la vida|ahorcar|colgar|mato|suicido)',
    '(escribi|he escrito|deje|tengo|estoy escribiendo|ya escribi) ~3 (carta de despedida|cartas de despedida|nota de suicidio|carta de suicidio|nota de despedida|mis cartas)',
    '(me tome|me he tomado|acabo de tomar|acabo de tomarme|tome|me trague|me tomé) ~3 (todas|muchas|todo|un monton|el frasco|la caja|demasiadas|las pastillas|un bote)',
    '(me corte|me acabo de cortar|acabo de cortarme) ~2 (las venas|las munecas|la muneca)',
    '(ya tengo|tengo|compre|guarde|he guardado|estoy guardando|estoy juntando|llevo) ~4 (pastillas|cuerda|pistola|arma|veneno|plan|fecha) ~6 (matar|matarme|morir|suicidarme|acabar|todo|hacerlo|vida|elegida|listo)',
    '(tengo|ya tengo) (un plan|el plan|todo planeado|todo listo|la fecha)',
    '(esta noche|hoy|manana) ~3 (se acaba todo|me mato|acabo con todo|me voy para siempre|termina todo|acabo con esto)',
  ]),
  frame('es-active', 'suicidal-ideation', 'active', 'critical', [
    '(quiero|kiero|quisiera|deseo|ganas de|pienso en|pensando en|penso en|he pensado en|pensamientos de|pensar en|pienso mucho en|ganas d|necesito|prefiero|me gustaria|prefiero) ~2 (morir|morirme|matarme|suicidarme|suicidio|quitarme la vida|desaparecer para siempre|ahorcarme|acabar con mi vida|la muerte|estar muerto|estar muerta|acabar con todo|terminar con mi vida|el suicidio|tirarme|cortarme las venas|terminar con todo)',
    '(pensamientos|ideas) (suicidas|de suicidio|de muerte|de matarme)',
    '(soy|estoy|me siento) ~1 suicida',
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
    '(me muerdo|me pellizco|me golpeo|me arano|me quemo|me pego) ~5 (hasta|para|cuando|otra vez|sangrar|castigarme|morado)',

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
  frame('es-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(no respira|dejo de respirar|no puedo respirar|inconsciente|no despierta|convulsiones|convulsionando|sangrando mucho|no deja de sangrar|no para de sangrar|se desmayo|labios azules|se me cierra la garganta|me cuesta respirar|dolor en el pecho|dolor de pecho|me duele el pecho|se desplomo|convulsiona|sangra mucho|se trago|boca torcida|cara caida)',
  ]),
  frame('es-medical', 'medical-emergency', 'active', 'cue', [
    '(no puedo respirar|no respira|dejo de respirar|me duele el pecho|dolor en el pecho|dolor de pecho|infarto|derrame|inconsciente|no despierta|convulsiones|convulsionando|sangrando mucho|no deja de sangrar|no para de sangrar|ambulancia|se desmayo|me cuesta respirar|presion en el pecho|labios azules|se me cierra la garganta|reaccion alergica|sobredosis|se trago|se desplomo|convulsiona|se atraganta|sangra mucho)',
  ]),
  frame('es-third', 'third-party', 'active', 'strong', [
    '(encontre|vi|descubri) ~2 (cortes|cicatrices|una nota|pastillas) ~2 (en|de) ~2 (brazos|hijo|hija|alumna|alumno|hermana|hermano|pierna|amiga)',

    '(mi|un|una) ~1 (amigo|amiga|hijo|hija|hermano|hermana|novio|novia|madre|padre|mama|papa|esposo|esposa|prima|primo|companero|companera|pareja|vecina|vecino|alumno|alumna|mejor amiga|mejor amigo|tio|tia|ex) ~6 (quiere morir|quiere morirse|se quiere matar|quiere matarse|suicidarse|suicidio|se va a matar|no quiere vivir|se corta|matarse|quitarse la vida|morirse|suicidar|se quiere morir|quiere suicidarse|hacerse dano|no quiere seguir viviendo|se hace dano|despidiendose|se despidio|desaparecer)',
  ]),
  frame('de-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(ich bring|ich bringe|bring ich|bringe ich) mich ~4 um',
    '(ich spring|ich springe|springe ich|spring ich|ich werfe mich|ich schmeiss mich|ich stell mich) ~4 (aus dem fenster|vom dach|von der brucke|vor den zug|vom balkon|vor die bahn)',
    '(ich habs|ich hab es|ich habe es|habs) ~3 (versucht|wieder versucht) ~4 (umzubringen|gestern|nicht geklappt|heute)?',
    '(abschiedsbrief|brief) ~2 (ist|liegt) ~2 (fertig|geschrieben|bereit)',

    '(ich werde|ich will|ich bring|ich bringe|werde ich|ich habe vor|ich plane|bringe ich|ich nehme|ich mach|nehme ich|ich hab beschlossen|ich springe|hab ich vor) ~4 (mich umbringen|mich heute umbringen|mich um|mir das leben nehmen|mir heute das leben|mich toten|mich toeten|mein leben beenden|mich erhangen|mir heute nacht das leben|mir das leben|umbringen|von der brucke|alles beenden|dem ein ende|nicht mehr leben|mich aufhangen)',
    '(abschiedsbrief|abschiedsbriefe)',
    '(ich habe|hab|ich hab|habe gerade|habe) ~4 (alle tabletten|zu viele tabletten|tabletten genommen|tabletten geschluckt|uberdosis|schlaftabletten genommen|pulsadern|eine packung tabletten|pillen geschluckt|pillen genommen|die ganze packung|die ganzen tabletten)',
    '(heute nacht|heute abend|heute|morgen) ~4 (bring ich mich um|bringe ich mich um|ist es vorbei|ist alles vorbei|nehme ich mir das leben|beende ich mein|sterbe ich|werde ich sterben|beende ich alles)',
    '(ich habe|hab|habe) ~3 (einen plan|schon alles geplant|tabletten gesammelt|tabletten gehortet|alles vorbereitet|ein seil|ein datum) ~6 (umbringen|sterben|leben|ende|beenden|schluss|tun|gehen)?',
  ]),
  frame('de-active', 'suicidal-ideation', 'active', 'critical', [
    '(ich will|will|ich mochte|mochte|ich wurde gern|ich wunschte ich konnte|wollte|ich wollte|will nur noch|will einfach nur) ~4 (sterben|mich umbringen|tot sein|mir das leben nehmen|mich toten|mein leben beenden|umbringen|allem ein ende|verrecken|nicht mehr aufwachen|nicht mehr leben|nicht mehr da sein|meinem leben ein ende)',
    '(ich denke|denke|gedanken|denk|daran denke|denke oft|denke standig|muss) ~5 (mich umzubringen|suizid|selbstmord|zu sterben|mir das leben zu nehmen|umzubringen|ans sterben|an den tod|mich zu toten|tot zu sein|selbstmordgedanken|schluss zu machen)',
    '(selbstmordgedanken|suizidgedanken|suizidal|suizidale gedanken|lebensmude|selbstmordgefahrdet)',
  ]),
  frame(
    'de-passive',
    'suicidal-ideation',
    'passive',
    'strong',
    [
      '(war|ware|war ich|ware ich) ~2 (ich|doch)? ~1 (nie geboren|tot|nicht mehr da|nicht geboren)',
      '(wenn mich|wenn ich) ~5 (uberfahrt|uberfahren wurde|nicht mehr aufwache|tot umfalle|einfach tot ware)',
      '(ich bin|bin) ~2 (lebensmude|am ende|fertig mit dem leben|allen eine last)',

      '(ich will|will|ich mochte|mochte|ich mag|mag|ich kann|kann|habe) ~3 (nicht mehr leben|nicht mehr aufwachen|nicht mehr da sein|nicht mehr hier sein|nicht mehr existieren|nicht mehr weiterleben|nicht weiterleben|nicht mehr weiter|nie wieder aufwachen|nicht mehr aufstehen|nicht mehr sein|keine lust mehr zu leben|keinen lebenswillen)',
      '(ich wunschte|wunschte|ich hoffe|hoffe|ware|am liebsten|ich war) ~3 (ich ware tot|ich war tot|tot|nie geboren|nicht mehr aufzuwachen|ich wurde nicht mehr aufwachen|ich wache nicht|nicht mehr da|nicht mehr aufwachen|einfach weg|nicht mehr zu leben)',
      '(ohne mich) ~3 (besser|besser dran|glucklicher|leichter|gut)',
      '(besser|besser dran|glucklicher|leichter) ~2 (ohne mich|wenn ich tot|wenn ich nicht mehr|wenn es mich nicht|wenn ich weg)',
      '(kein|keinen|hat keinen|sehe keinen) (sinn|grund|ausweg) ~3 (leben|zu leben|weiterzuleben|mehr|weiter|weiterzumachen)?',
      '(lebenssinn|ich bin|nur) ~2 (eine last|allen zur last|zur last|nur eine last|nur eine belastung|eine belastung)',
      '(niemand|keiner) ~3 (vermissen|merken|bemerken|wurde mich vermissen|vermisst)',
      '(mude vom leben|mude zu leben|satt zu leben|das leben satt|leben nicht mehr|leben nicht lebenswert|nicht lebenswert|lebensmude)',
    ],
    true,
  ),
  frame('de-self-harm', 'self-harm', 'active', 'critical', [
    '(ich ritz|ich ritze|ritz mir|ritz mich|ritze mich|schneid mich|schneide mir|verbrenn mich|verbrenne mich|kratz mich|kratze mich|beiss mich|schlag mich selbst|schlage mich selbst)',
    '(schlag|schlage|hau|haue) ~2 (mit dem kopf|den kopf|meinen kopf) (gegen|an) die wand',

    '(ich ritze|ritze mich|ritzen|geritzt|ich schneide mich|mich zu ritzen|mich selbst verletzen|mich selbst zu verletzen|verletze mich selbst|selbstverletzung|mich zu schneiden|mich schneiden|mich selbst verletzt|mich geschnitten|mir wehtun|mir weh zu tun|mir selbst weh|selbst verletze)',
  ]),
  frame('de-abuse', 'abuse', 'active', 'strong', [
    '(mein|meine|er|sie) ~1 (mann|freund|vater|stiefvater|partner|mutter|ex|bruder|onkel|papa|mama|opa|freundin|frau|trainer|er|exfreund|stiefmutter|chef)? ~4 (schlagt mich|hat mich geschlagen|schlagt|verprugelt|bedroht mich|wurgt mich|gewurgt|vergewaltigt|missbraucht|hat mich getreten|sperrt mich ein|bringt mich um|droht mir|bedroht|fasst mich an|geschlagen|angefasst|zwingt mich|eingesperrt|schlagt mich wieder|mich umzubringen)',
    '(angst vor|angst dass|habe angst) ~2 (meinem mann|meinem vater|meinem freund|ihm|meinem stiefvater|er mich|nach hause|meinem ex|meiner mutter|mein mann)',
  ]),
  frame('de-harm', 'harm-to-others', 'active', 'strong', [
    '(ich will|ich werde|werde|will|ich konnte|am liebsten|ich bringe|ich bring|ich mochte) ~5 (ihn umbringen|sie umbringen|alle umbringen|ihn toten|jemanden umbringen|ihn abstechen|sie toten|meinen chef umbringen|jemanden toten|abstechen|erschiessen|ihn um|erstechen|jemanden verletzen|ihm etwas antun|ihr etwas antun)',
  ]),
  frame('de-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(atmet nicht|bekomme keine luft|bekommt keine luft|kriegt keine luft|kriege keine luft|schmerzen in der brust|brustschmerzen|bewusstlos|wacht nicht auf|krampfanfall|blutet stark|hort nicht auf zu bluten|nicht ansprechbar|blaue lippen|zusammengebrochen|reagiert nicht|hat verschluckt|knopfbatterie verschluckt|verschluckt glaub|mund hangt|kippt um|krampft|hals schwillt)',
  ]),
  frame('de-medical', 'medical-emergency', 'active', 'cue', [
    '(keine luft|bekomme keine luft|atmet nicht|atmet nicht mehr|brustschmerzen|schmerzen in der brust|herzinfarkt|schlaganfall|bewusstlos|wacht nicht auf|krampfanfall|blutet stark|hort nicht auf zu bluten|krankenwagen|notarzt|uberdosis|zusammengebrochen|nicht ansprechbar|blaue lippen|allergische reaktion|druck auf der brust|kriege keine luft|krieg keine luft|hals schwillt zu|reagiert nicht)',
  ]),
  frame('de-third', 'third-party', 'active', 'strong', [
    '(mein|meine|eine|ein|unser|unsere) ~1 (freund|freundin|bruder|schwester|sohn|tochter|mutter|vater|mann|frau|kollege|kollegin|kumpel|mitbewohner|mitbewohnerin|ex|cousine|cousin|oma|opa|mama|papa|schuler|schulerin|nachbar|nachbarin|partner|partnerin|beste freundin|bester freund|enkel) ~7 (sich umbringen|will sterben|nicht mehr leben|selbstmord|suizid|umbringen|sich das leben|ritzt sich|will nicht mehr|selbstmordgedanken|sich umzubringen|sich etwas antut|sich was antut|das leben nehmen|suizidal|sich was an|tot sein|umzubringen|zu sterben)',
  ]),
  frame('fr-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(je me jette|je me jetterai|je saute|je me balance|je me tire une) ~3 (par la fenetre|du pont|sous le train|sous un train|balle|du toit|du balcon)',
    '(jai essaye|jai tente|jai encore essaye|jai rate) ~4 (de me tuer|de mourir|den finir|ma tentative|hier|de me suicider)',

    '(je vais|je compte|jai decide|jai prevu|je prevois|ce soir je|demain je|je suis decide) ~3 (me tuer|me suicider|mourir|en finir|mettre fin|me pendre|me jeter|finir avec la vie|me donner la mort|sauter|de me tuer|den finir|de mettre fin|de mourir|me foutre en lair)',
    '(lettre dadieu|lettres dadieu|lettre de suicide|mot dadieu|lettre pour mes parents)',
    '(jai|je viens) ~2 (avale|pris|davaler|de prendre|aval) ~3 (tous|toute|toutes|trop|boite|plaquette|tout|medicaments|cachets|somniferes|une boite)',
    '(je me suis) (ouvert les veines|tailladee|taillade|coupe les veines|ouvert)',
    '(jai) ~2 (un plan|tout prepare|tout planifie|choisi la date|mis de cote|achete|prepare|garde) ~5 (mourir|en finir|me tuer|suicide|corde)',
    '(ce soir|cette nuit|demain) ~3 (cest fini|jen finis|je me tue|je pars pour toujours|tout sera fini|je passe a lacte|je ne serai plus)',
  ]),
  frame('fr-active', 'suicidal-ideation', 'active', 'critical', [
    '(je veux|jveux|j veux|je voudrais|jai envie|envie|jai envi|je pense|jpense|penser|je songe|jaimerais|je pense a|pensees|je prefere|pense|besoin) ~3 (mourir|me tuer|me suicider|en finir|den finir|crever|au suicide|mettre fin a mes jours|mettre fin a ma vie|de mourir|me pendre|suicide|a mourir|a me tuer|a la mort|etre mort|etre morte|de crever|de me tuer|de me suicider|mettre fin|me foutre en lair|a en finir|me jeter|sauter)',
    '(pensees|idees|ideations|idee) (suicidaires|suicidaire|noires|de suicide|de mort)',
    '(je suis|me sens) suicidaire',
  ]),
  frame(
    'fr-passive',
    'suicidal-ideation',
    'passive',
    'strong',
    [
      '(si un|si une|quun|quune) ~2 (camion|voiture|bus|train) ~4 (me|menverse|me rentre|mecrase|me percute)',
      '(a quoi bon) ~1 (vivre|continuer|se lever|tout|exister)',

      '(je ne veux plus|je veux plus|jveux plus|je nai plus envie|jai plus envie|plus envie|je ne souhaite plus|je nai plus la force|plus la force|jai pas envie|je nai pas envie) ~1 (vivre|de vivre|exister|me reveiller|etre la|etre ici|continuer|de continuer|de me reveiller|dexister|detre la|d etre la|etre en vie|de me lever)',
      '(jaimerais|je voudrais|jespere|si seulement|jaurais prefere|je souhaite) ~3 (ne pas me reveiller|ne plus me reveiller|etre mort|etre morte|ne jamais etre ne|ne pas exister|disparaitre|dormir pour toujours|ne plus exister|mendormir|ne jamais naitre|ne jamais me reveiller|ne plus etre la)',
      '(mieux|plus heureux|tranquilles|soulages) ~2 (sans moi|si jetais mort|si jetais morte|si je mourais|si je netais plus|si je disparaissais|si je netais pas)',
      '(la vie|ma vie) ~4 (pas la peine|plus de sens|aucun sens|nen vaut|pas de sens|ne sert|plus la peine|na plus)',
      '(aucune raison|plus de raison|plus aucune raison|pas de raison|aucun interet|plus rien) ~3 (vivre|continuer|de vivre|de continuer|de rester|retient)',
      '(fatigue|fatiguee|marre|ras le bol|lasse) ~1 (de vivre|de la vie|dexister|de tout|de cette vie|detre en vie)',
      '(personne) ~3 (ne remarquerait|me pleurerait|ne me regretterait|manquerai|remarquera|sen apercevrait)',
      '(je suis|suis|jsuis) ~1 (un fardeau|un poids|une charge|un boulet)',
      '(je nen peux plus|jen peux plus|je peux plus|je tiens plus|je ne tiens plus)',
    ],
    true,
  ),
  frame('fr-self-harm', 'self-harm', 'active', 'critical', [
    '(je me suis|me suis|jme suis) ~1 (coupe|coupee|scarifie|scarifiee|brule|brulee|taillade|tailladee|mutile|mutilee|griffe|griffee) ~3 (encore|hier|les bras|les cuisses|ce soir|expres|a nouveau|le bras|volontairement|au poignet)',
    '(jbrule|je brule|jentaille|je coupe|je griffe|jarrache) (ma peau|mes bras|mes cuisses|ma cuisse|mon bras)',

    '(je me|me|mes|a me|de me) (coupe|scarifie|mutile|taillade|bruler|brule|couper|scarifier|mutiler|faire du mal|fais du mal|fait du mal|blesser|suis coupe|suis coupee|suis scarifie|suis scarifiee|suis fait du mal|griffe|frappe) ~5 (bras|cuisses|encore|quand|soir|calmer|sentir|jambes|poignets|nouveau|chaque|peau)',
  ]),
  frame('fr-abuse', 'abuse', 'active', 'strong', [
    '(mon|ma|il|elle) ~1 (mari|copain|pere|beau pere|mere|conjoint|ex|frere|oncle|compagnon|papa|maman|cousin|petit ami|grand pere|entraineur|il|patron|femme)? ~4 (me frappe|ma frappe|ma frappee|me bat|ma battue|ma etrangle|ma etranglee|menace|me menace|ma violee|ma viole|me viole|mabuse|mabuse|me touche|ma touchee|me tape|menferme|ma enferme|ma menacee|va me tuer|me force|mfrappe|ma tape|me cogne|mempeche de sortir|me gifle|ma pousse|ma poussee)',
    '(jai peur) ~4 (de lui|rentrer|mon mari|mon pere|il me|quil|mon copain|mon ex|beau pere|de mon)',
  ]),
  frame('fr-harm', 'harm-to-others', 'active', 'strong', [
    '(je vais|je veux|jveux|envie de|jai envie de|jvais|je pense a) ~2 (le tuer|la tuer|les tuer|tuer mon|tuer ma|tuer quelquun|le poignarder|tuer tout le monde|lui faire du mal|frapper mon|tous les tuer|poignarder|leur faire du mal|faire du mal a|tuer mes)',
  ]),
  frame('fr-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(ne respire plus|respire plus|respire pas|arrive pas a respirer|arrive plus a respirer|mal a la poitrine|douleur a la poitrine|douleur dans la poitrine|inconscient|inconsciente|ne se reveille pas|se reveille pas|se reveille plus|convulse|convulsions|saigne beaucoup|saigne enormement|arrete pas de saigner|sest evanoui|sest evanouie|gorge gonfle|levres bleues|ne repond plus|perdu connaissance|bouche de travers|sest effondre|est tout mou|a avale|elle saigne|il saigne)',
  ]),
  frame('fr-medical', 'medical-emergency', 'active', 'cue', [
    '(arrive pas a respirer|arrive plus a respirer|ne respire plus|respire plus|respire pas|mal a la poitrine|douleur a la poitrine|douleur dans la poitrine|crise cardiaque|infarctus|avc|inconscient|inconsciente|ne se reveille pas|se reveille pas|convulsions|convulse|saigne beaucoup|arrete pas de saigner|ambulance|overdose|surdose|sest evanoui|sest evanouie|samu|reaction allergique|gorge gonfle|gorge se ferme|levres bleues|ne repond plus|a avale|perdu connaissance|du mal a respirer|serre la poitrine|sest effondre)',
  ]),
  frame('fr-third', 'third-party', 'active', 'strong', [
    '(mon|ma|un|une|notre) ~1 (ami|amie|frere|soeur|fils|fille|pere|mere|copain|copine|mari|femme|collegue|cousin|cousine|pote|meilleur ami|meilleure amie|voisin|voisine|coloc|eleve|ex|neveu|niece|grand mere|compagnon) ~7 (veut mourir|se suicider|se tuer|suicide|veut plus vivre|en finir|mettre fin|se scarifie|se coupe|pensees suicidaires|se faire du mal|ne veut plus vivre|suicidaire|se fait du mal|mourir|ses jours|den finir|disparaitre)',
  ]),
  frame('pt-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(me jogo|vou me jogar|pulo|vou pular) ~3 (da janela|da ponte|do predio|na frente|do viaduto|nos trilhos)',
    '(tentei) ~3 (me matar|de novo|ontem|suicidio|acabar|outra vez)',
    '(a carta|carta) ~2 (ta|esta|ja esta|ja ta) ~2 (pronta|escrita|debaixo|em cima)',

    '(vou|hoje vou|decidi|estou decidido|estou decidida|planejo|pretendo|vo|to planejando|resolvi) ~2 (me matar|me suicidar|acabar com a minha vida|acabar com tudo|tirar minha vida|tirar a minha vida|me enforcar|morrer hoje|matar me|dar fim|acabar com minha vida|por um fim|suicidar|me jogar|acabar com isso|por fim)',
    '(carta de despedida|cartas de despedida|carta de suicidio|bilhete de despedida|carta de adeus|bilhete de suicidio)',
    '(tomei|engoli|acabei de tomar|ja tomei) ~3 (todos|todas|muitos|varios|a cartela|o frasco|um monte|comprimidos|remedios|cartelas|a caixa)',
    '(cortei) ~2 (os pulsos|meus pulsos|o pulso)',
    '(tenho|ja tenho|comprei|guardei|estou guardando|to juntando|juntei|escolhi) ~4 (um plano|plano|remedios|corda|arma|data|o dia|comprimidos|tudo planejado|tudo pronto) ~5 (morrer|me matar|minha vida|acabar com|fim em tudo)',
    '(hoje|esta noite|amanha|hoje a noite) ~3 (acaba tudo|acabo com tudo|eu me mato|tudo acaba|vou embora pra sempre|vou embora para sempre|me mato|e meu ultimo dia)',
  ]),
  frame('pt-active', 'suicidal-ideation', 'active', 'critical', [
    '(queria|quero|so queria) ~1 (ta|tar|estar|to) (morto|morta)',

    '(quero|queria|vontade de|penso em|pensando em|pensei em|quero so|to querendo|desejo|pensar em|prefiro|preferia|pensamento de|apetece me|so quero) ~2 (morrer|me matar|me suicidar|suicidio|tirar minha vida|tirar a minha vida|acabar com tudo|acabar com a minha vida|sumir pra sempre|estar morto|estar morta|matar me|acabar com minha vida|suicidar me|na morte|desaparecer para sempre|me enforcar|por fim|acabar com a vida|dar fim)',
    '(pensamentos|ideias|pensamento|ideacao) (suicidas|suicida|de suicidio|de morte)',
    '(sou|estou|to) suicida',
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
  frame('pt-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(nao respira|nao ta respirando|parou de respirar|nao consigo respirar|dor no peito|inconsciente|nao acorda|convulsao|convulsionando|sangrando muito|nao para de sangrar|desmaiou|labios roxos|garganta fechando|nao responde|a sangrar muito|boca torta|ta convulsionando|engoliu|falta de ar)',
  ]),
  frame('pt-medical', 'medical-emergency', 'active', 'cue', [
    '(nao consigo respirar|nao ta respirando|nao esta respirando|parou de respirar|dor no peito|infarto|avc|derrame|inconsciente|nao acorda|convulsao|convulsionando|convulsoes|sangrando muito|nao para de sangrar|ambulancia|overdose|desmaiou|aperto no peito|labios roxos|falta de ar|garganta fechando|reacao alergica|engoliu|samu|enfarte|a sangrar muito|nao respira|pressao no peito|nao responde)',
  ]),
  frame('pt-third', 'third-party', 'active', 'strong', [
    '(meu|minha|um|uma|o meu|a minha) ~1 (amigo|amiga|irmao|irma|filho|filha|pai|mae|namorado|namorada|marido|esposa|colega|primo|prima|melhor amiga|melhor amigo|vizinha|vizinho|aluno|aluna|sobrinho|sobrinha|ex|avo|tio|tia) ~6 (quer morrer|se matar|suicidio|se suicidar|nao quer mais viver|quer se matar|se corta|tirar a propria vida|se cortando|suicida|morrer|matar se|suicidar se|se machucar|sumir|nao quer viver|acabar com tudo|acabar com a vida|tirar a vida)',
  ]),
  frame('hi-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(aaj|aj|aaj raat|kal|main|mai|maine|abhi|ab) ~4 (suicide kar|khudkushi kar|khudkhushi kar|jaan de dunga|jaan de dungi|jaan de raha|jaan de rahi|mar jaunga|mar jaungi|mar jaaunga|mar jaaungi|khatam kar lunga|khatam kar lungi|suicide karne|khudkushi karne|apni jaan le|marne wala hu|marne wali hu|marne ja|kood jaunga|kood jaungi|latak jaunga|latak jaungi|apne aap ko khatam|khud ko khatam)',
    '(suicide note|akhri khat|aakhri khat|aakhri message|akhri message|aakhri chitthi)',
    '(goliya|goliyan|goli|dawai|davai|zeher|zehar|tablets|pills|neend ki goliyan|neend ki goli) ~5 (kha li|kha liya|kha le|khali|le li|pi liya|nigal|khaa li|kha lu|kha lunga|kha lungi|jama)',
    '(nas|nass|kalai|haath ki nas) ~2 (kaat|kat|kaati|kati)',
  ]),
  frame('hi-active', 'suicidal-ideation', 'active', 'critical', [
    '(marna chahta|marna chahti|mar jana chahta|mar jana chahti|mar jaana chahta|mar jaana chahti|marna chata|marna chati|marna hai|mar jana hai|marne ka man|marne ka mann|mar jane ka|mar jaane ka|mar jana chaahta|suicide karna|suicide karne|khudkushi karna|khudkushi karne|khudkushi|khudkhushi|aatmahatya|atmahatya|jaan dena|jaan dene|jaan de du|jaan de doon|khud ko khatam|apni jaan|apne aap ko khatam|zindagi khatam|jindagi khatam|life khatam|suicide ke khayal|suicide ka khayal|marne ke khayal|marne ka khayal|khud ko maar|khudko maar|khud ko mar|apne aap ko maar|maut chahiye|maut aa jaye|marne ka soch|suicide ka soch|suicide ke bare|marne ke bare|marne ki soch)',
  ]),
  frame(
    'hi-passive',
    'suicidal-ideation',
    'passive',
    'strong',
    [
      '(upar wala|bhagwan|allah|maut) ~3 (bula le|bulaye|utha le|uthale|aa jaye|le jaye)',

      '(jeena nahi|jeena nhi|jina nahi|jina nhi|jeene ka man nahi|jeene ka mann nahi|jeene ki iccha nahi|jeene ka dil nahi|zinda nahi rehna|zinda nhi rehna|jinda nahi rehna|zindagi se thak|jindagi se thak|zindagi se tang|jindagi se tang|life se thak|life se tang|jeene ka koi|jine ka koi|jeena nai|nahi jeena|nhi jeena|nahi jina|jee ke kya|jeene se kya|jeene ka matlab|subah uthna nahi|uthna hi nahi|aankh hi na khule|ankh hi na khule|neend se uthu hi|neend se na uthu|paida hi na|paida hi nahi|paida na hota|paida na hoti|mar jata to|mar jati to|mar jaata|mar jaati|mar jau to|mar jaun to|mar jaau|mar jaaun|mar jau|mar jaun|mere bina sab|mere bina khush|mere jane se|mere marne se|mere na hone|main bojh|mai bojh|bojh hu|bojh hoon|bojh ban|jeene layak|jeene ki wajah|jine ki wajah|jeene ka reason|sab khatam karna|sab kuch khatam|ab aur nahi|aur nahi jee|aur nahi jhel|gayab ho jana|gayab ho jaana|hamesha ke liye so|sota hi reh|soti hi reh)',
    ],
    true,
  ),
  frame('hi-self-harm', 'self-harm', 'active', 'critical', [
    '(pair|haath|hath|kalai|bazu) (kaata|kaati|kaatti|kaatta)',

    '(khud ko|khudko|apne aap ko|apne ko|blade se|apni kalai|apne haath|apni skin) ~3 (chot|hurt kar|kaat|kaatta|kaatti|kaatne|kat|katta|katti|nuksan|nuksaan|cut kar|jala|jalata|jalati|jalane|saza|zakhm|noch)',
  ]),
  frame('hi-abuse', 'abuse', 'active', 'strong', [
    '(pati|husband|papa|baap|pitaji|sasural|sasural wale|sasu|saas|boyfriend|bf|chacha|mama|bhai|uncle|mummy|maa|wo|woh|vo|sautele|devar|sasur|ex|teacher|shauhar) ~5 (marta hai|maarta hai|marte hai|maarte hai|marte hain|maarte hain|pitta|peetta|pit te|peette|peet|haath uthata|hath uthata|hath uthate|haath uthate|dhamki|jaan se marne|jaan se maar|jaan se mar|galat tarike|galat tarah|zabardasti|jabardasti|chhuta|chhoota|chhute|chhoote|band kar|mara mujhe|maara mujhe|mar rahe|maar rahe|marti hai|maarti hai|gala daba|dahej|touch kart|bahar nahi jane)',
  ]),
  frame('hi-harm', 'harm-to-others', 'active', 'strong', [
    '(usko|use|usse|unko|sabko|boss ko|padosi ko|main|mai|biwi ko|pati ko|usey|unhe|bhai ko|inko) ~4 (maar dunga|maar dungi|mar dunga|mar dungi|maar dalunga|maar dalungi|mar dalunga|mar dalungi|jaan se maar|jaan se mar|chaku|chaaku|khatam kar dunga|khatam kar dungi|maar dalu|maar daalu|maar du|maar doon|zeher de|goli maar|jala dunga|jala dungi|khoon kar)',
  ]),
  frame('hi-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(saans nahi|sans nahi|saans nhi|seene me dard|seene mein dard|chest me pain|chest mein pain|behosh|hosh nahi|hosh me nahi|khoon nahi ruk|khoon ruk nahi|khoon band nahi|daura pad|muh se jhag|muh tedha|ek taraf se latak|uth nahi raha|uth nahi rahi|zeher pi|saanp ne kaat|saans lene me|saans ruk)',
  ]),
  frame('hi-medical', 'medical-emergency', 'active', 'cue', [
    '(saans nahi|sans nahi|saans nhi|sans nhi|saas nahi|saas nhi|seene me dard|seene mein dard|sine me dard|sine mein dard|chest me pain|chest mein pain|chest me dard|behosh|hosh nahi|hosh me nahi|hosh mein nahi|hosh nhi|ambulance|heart attack|khoon ruk nahi|khoon nahi ruk|khoon beh|bahut khoon|khoon band nahi|dil ka daura|daura pad|daure|fits aa|muh se jhag|muh tedha|lakwa|uth nahi rah|uth nhi rah|zeher pi|zehar kha|saans ruk|saans lene|sans lene)',
  ]),
  frame('hi-third', 'third-party', 'active', 'strong', [
    '(mera|meri|mere|ek) ~1 (dost|friend|bhai|behen|behan|beta|beti|papa|mummy|maa|girlfriend|boyfriend|gf|bf|wife|husband|cousin|roommate|saheli|pati|biwi|patni|padosi|classmate|didi|bhabhi|bestie|best friend|colleague|student|chachi|mami|nanad) ~7 (marna chahta|marna chahti|suicide|khudkushi|mar jana|jaan dena|jaan de|mar jaunga|mar jaungi|jeena nahi|khud ko|marne|jaan dene|jina nahi|jeena nhi|mar jaana|alvida|zindagi khatam|khatam karna)',
  ]),
]

function frame(
  name: string,
  category: CrisisCategory,
  level: CrisisLevel,
  strength: Frame['strength'],
  patterns: readonly string[],
  negationIsCue = false,
): Frame {
  return {
    name,
    category,
    level,
    strength,
    patterns,
    ...(negationIsCue ? { negatable: false as const } : {}),
  }
}
