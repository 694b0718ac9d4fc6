import { type Frame, frame } from './frame.ts'

/** French: fewer frames than English, the same meanings. */
export const french: readonly Frame[] = [
  frame('fr-attempt', 'suicidal-ideation', 'attempt', 'critical', [
    '(jai|je viens|viens) ~2 (avale|davaler|gobe) ~2 (tous|toute|toutes|trop|plein|enormement) ~4 (medicaments|cachets|somniferes|comprimes|pilules|boite|plaquette|antidepresseurs|anxiolytiques)',
    '(jai|je viens) ~2 (pris|de prendre) ~2 (tous|toute|toutes|trop|plein|enormement) ~4 (cachets|somniferes|comprimes|pilules|boite|plaquette)',
    '(jai|je viens) ~2 (avale|davaler|pris|de prendre) ~1 (boite|plaquette|tube|flacon) ~1 (entiere|entier|de medicaments|de somniferes|de cachets|de comprimes)',
    '(jai|je viens) ~2 (avale|pris) ~3 (medicaments|cachets|somniferes) ~6 (mourir|ne plus me reveiller|adieu|en finir|cest fini)',
    '(je me suis|me suis) ~1 (ouvert|coupe|taillade|tailladee|tranche) ~2 (veines|poignets|poignet)',
    '(mouvrir|je mouvre|me couper|je me coupe|me trancher|en train de me taillader) ~2 (veines|poignets)',
    '(je saigne|ca saigne) ~6 (veines|poignets|volontairement|expres|mourir|adieu)',
    '(je suis|suis|assis|assise|debout) ~3 (pont|toit|bord|rails|balcon|rebord|rambarde) ~6 (sauter|saute|adieu|mourir|en finir|me jeter|me jette)',
    '(jai essaye|jai tente|jai encore essaye|jai rate) ~3 (de me tuer|de mourir|den finir|ma tentative|de me suicider|de me pendre|mon suicide)',
    '(jai) ~1 (pris|fait) (une overdose|une surdose)',
  ]),
  frame('fr-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(je me jette|je me jetterai|je vais me jeter|je saute|je vais sauter|je me balance|je me tire une) ~3 (par la fenetre|du pont|sous le train|sous un train|balle|du toit|du balcon)',
    '(je vais|jvais|je compte|jai decide|jai prevu|je prevois|ce soir je|demain je|je suis decide|je suis decidee|sur le point) ~3 (me tuer|me suicider|mourir ce soir|mourir cette nuit|mourir demain|mourir aujourdhui|en finir ce soir|en finir cette nuit|en finir demain|en finir avec la vie|en finir avec ma vie|en finir avec tout|en finir pour de bon|den finir avec la vie|mettre fin a mes jours|mettre fin a ma vie|me pendre|finir avec la vie|me donner la mort|de me tuer|de mettre fin a mes jours|de mettre fin a ma vie|de mourir|de me suicider|me foutre en lair)',
    '(ce soir|cette nuit|demain) ~3 (jen finis|je me tue|je me suicide|je pars pour toujours|je passe a lacte|je ne serai plus de ce monde|je ne serai plus en vie|je serai mort|je serai morte)',
    'je ne serai plus ~4 (pardon|pardonnez moi|pardonne moi|adieu)',
    '(quand tu liras|quand vous lirez|lorsque vous lirez) ~3 (je serai mort|je serai morte|je ne serai plus)',
    '(cest|ce sera) (ma derniere nuit|mon dernier jour|ma derniere soiree) ~1 (en vie|sur terre|de ma vie|de vie)',
  ]),
  frame('fr-intent-soon', 'suicidal-ideation', 'intent', 'strong', [
    '(je vais|je compte|jai decide) ~1 (mourir|en finir|den finir)',
    '(ce soir|cette nuit|demain) ~1 tout sera fini',
    '(ce soir|cette nuit|demain) ~2 cest fini',
  ]),
  frame('fr-plan', 'suicidal-ideation', 'plan', 'critical', [
    '(ma|mes|la|les) (lettre dadieu|lettres dadieu|lettre de suicide)',
    '(jai|jecris|ai) ~3 (lettre de suicide|mot dadieu|lettre pour mes parents)',
    '(lettre dadieu|lettres dadieu|mot dadieu) ~3 (mes parents|ma mere|mon pere|mes enfants|ma famille|ma fille|mon fils|mon mari|ma femme|ma soeur|mon frere|chacun)',
    '(lettre dadieu|lettres dadieu|mot dadieu) ~8 (mourir|ce soir|cette nuit|en finir|pardon|me tuer|trouvera|trouverez)',
    '(un plan|tout prepare|tout planifie|choisi la date|fixe la date|mis de cote|achete|garde|une date) ~5 (pour mourir|pour en finir|me tuer|me suicider|me pendre|mon suicide|mettre fin)',
  ]),
  frame('fr-active', 'suicidal-ideation', 'active', 'critical', [
    '(je veux|jveux|j veux|je voudrais|jai envie|jai envi|je pense|jpense|je songe|jaimerais|je prefere|besoin|mes pensees) ~3 (mourir|me tuer|me suicider|en finir avec la vie|en finir avec ma vie|en finir pour de bon|den finir avec la vie|crever|au suicide|mettre fin a mes jours|mettre fin a ma vie|de mourir|me pendre|a mourir|a me tuer|etre mort|etre morte|de crever|de me tuer|de me suicider|me foutre en lair)',
    '(envie|penser|pense|pensees) ~2 (me tuer|de me tuer|a me tuer|me suicider|a me suicider|de me suicider|mettre fin a mes jours)',
    '(jai|jai des|mes|avoir|encore des|toujours des) ~1 (pensees suicidaires|idees suicidaires|pensees de suicide|pensees de mort|idees de suicide|idees noires|envies suicidaires)',
    '(pensees suicidaires|idees suicidaires) ~3 (reviennent|tous les jours|chaque|tout le temps|encore|plus fortes|me quittent)',
    '(je suis|me sens|jsuis) ~1 suicidaire',
    '(pas le|manque le|plus le|si javais le|trop lache pour|peur de) ~1 (courage de|cran de)? (me tuer|me suicider|mettre fin a mes jours)',
  ]),
  frame('fr-wish', 'suicidal-ideation', 'active', 'strong', [
    '(je veux|jveux|je voudrais) ~1 en finir',
    '(envie|pense|penser) ~1 (de mourir|den finir|de crever|au suicide|a la mort|a mourir)',
    '(pensees|idees|ideations|idee) (suicidaires|suicidaire|noires|de suicide|de mort)',
    '(lettre|lettres|mot) dadieu',
    '(jai|je viens) ~1 pris tous mes medicaments',
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
  frame('fr-harm-intent', 'harm-to-others', 'intent', 'critical', [
    '(je vais|jvais|jai decide de) ~1 (tuer|poignarder|empoisonner|abattre) ~1 (patron|mari|femme|pere|beau pere|frere|voisin|ex|chef|soeur|mere|collegues|prof) ~1 (demain|ce soir|cette nuit|aujourdhui|avec un couteau|avec une arme)',
    '(demain|ce soir|cette nuit) je vais ~1 (tuer|poignarder|empoisonner) ~1 (patron|mari|femme|pere|beau pere|frere|voisin|ex|chef|soeur|mere|collegues|prof)',
    '(je vais|jvais) (le tuer|la tuer|les tuer|le poignarder|la poignarder) ~1 (demain|ce soir|cette nuit|avec un couteau|avec une arme)',
    '(achete|jai) ~1 (couteau|arme|fusil|pistolet) ~1 (pour le tuer|pour la tuer|pour les tuer|pour tuer)',
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
]
