import { type Frame, frame } from './frame.ts'

/** German: fewer frames than English, the same meanings. */
export const german: readonly Frame[] = [
  frame('de-attempt', 'suicidal-ideation', 'attempt', 'critical', [
    '(ich habe|hab|ich hab|habe gerade|habe) ~4 (alle tabletten|alle meine tabletten|zu viele tabletten|viel zu viele tabletten|alle schlaftabletten|alle pillen|die ganze packung|die ganzen tabletten|eine ganze packung|eine packung tabletten|eine uberdosis|uberdosis) ~2 (genommen|geschluckt|intus|eingenommen|runtergeschluckt)',
    '(ich habe|hab|ich hab|habe) ~3 (tabletten|schlaftabletten|pillen) ~1 (geschluckt|genommen) ~6 (sterben|nicht mehr aufwachen|vorbei|tschuss|leb wohl|lebt wohl)',
    '(ich habe|hab|ich hab|habe) ~2 (schlaftabletten|tabletten) geschluckt',
    '(pulsadern|handgelenke|adern) ~2 (aufgeschnitten|geoffnet|auf|durchgeschnitten|aufgeschlitzt)',
    '(blute|es blutet) ~6 (pulsadern|handgelenke|aufgeschnitten|sterben|aufgeschlitzt)',
    'ich ~2 (arme|unterarme) (aufgeschnitten|aufgeschlitzt)',
    '(stehe|steh|ich bin|sitze|sitz) ~3 (brucke|dach|gleisen|gelander|balkon|abgrund|fensterbrett) ~5 (springe|spring|springen|leb wohl|lebt wohl|sterben|vorbei|lasse los)',
    '(ich habs|ich hab|ich habe|habs) ~3 (versucht|wieder versucht) ~2 (umzubringen|mich umzubringen|das leben zu nehmen|mich zu toten|mich zu erhangen)',
    '(mich umzubringen|mir das leben zu nehmen|mich zu erhangen) ~1 versucht',
    '(gift|rattengift) ~1 (getrunken|geschluckt)',
  ]),
  frame('de-tried', 'suicidal-ideation', 'attempt', 'strong', [
    '(ich habs|ich hab es|ich habe es|habs) ~3 (versucht|wieder versucht) ~4 (gestern|nicht geklappt|heute|lebe noch)',
  ]),
  frame('de-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(ich bring|ich bringe|bring ich|bringe ich) mich ~4 um',
    '(ich spring|ich springe|springe ich|spring ich|ich werfe mich|ich schmeiss mich|ich stell mich|ich werde) ~4 (aus dem fenster|vom dach|von der brucke|vor den zug|vom balkon|vor die bahn)',
    '(ich werde|werde ich|ich habe vor|ich plane|ich nehme|nehme ich|ich hab beschlossen|ich habe beschlossen|hab ich vor|ich bin entschlossen) ~4 (mich umbringen|mich umzubringen|mich heute umbringen|mich heute nacht umbringen|mich morgen umbringen|mir das leben nehmen|mir heute das leben|mir das leben zu nehmen|mich toten|mich toeten|mein leben beenden|mein leben zu beenden|mich erhangen|mir heute nacht das leben|mir das leben|alles beenden|dem ein ende|nicht mehr leben|mich aufhangen)',
    '(heute nacht|heute abend|heute|morgen) ~4 (bring ich mich um|bringe ich mich um|nehme ich mir das leben|beende ich mein leben|sterbe ich|werde ich sterben|beende ich alles|werde ich mich umbringen|will ich mich umbringen)',
    '(wenn du das liest|wenn ihr das lest|wenn sie das lesen) ~1 (bin ich tot|bin ich nicht mehr am leben|lebe ich nicht)',
    '(heute|das|morgen) ist ~1 (mein letzter tag|meine letzte nacht) ~1 (am leben|auf der welt|auf erden|meines lebens)',
  ]),
  frame('de-plan', 'suicidal-ideation', 'plan', 'critical', [
    '(ich|hab|habe|mein|meinen|meine|der) ~3 (abschiedsbrief|abschiedsbriefe)',
    '(abschiedsbrief|abschiedsbriefe) ~2 (ist|liegt|sind|liegen) ~2 (fertig|geschrieben|bereit|tisch)',
    '(plan|alles geplant|datum|alles vorbereitet|tag ausgesucht) ~5 (mich umbringe|mich umzubringen|mich umbringen|zu sterben|sterben will|sterben werde|mir das leben|leben zu beenden|alles beende|suizid|selbstmord)',
    '(tabletten|pillen|schlaftabletten|medikamente|seil|strick|waffe|pistole) ~3 (gesammelt|gehortet|gekauft|besorgt|zuhause|bereit) ~5 (mich umbringen|mich umzubringen|umbringen|zu sterben|sterben|leben|ende|erhangen|schluss)',
    '(tabletten|pillen|schlaftabletten) (gesammelt|gehortet)',
    '(seil|strick|waffe|tabletten) ~6 (umzubringen|zu erhangen|zu toten|zu erschiessen)',
  ]),
  frame('de-active', 'suicidal-ideation', 'active', 'critical', [
    '(ich will|will ich|ich mochte|mochte ich|ich wurde gern|ich wunschte ich konnte|ich wollte|wollte ich|will nur noch|will einfach nur|ich muss) ~3 (sterben|mich umbringen|tot sein|mir das leben nehmen|mich toten|mein leben beenden|allem ein ende|verrecken|nicht mehr aufwachen|nicht mehr leben|nicht mehr da sein|meinem leben ein ende|mich erhangen)',
    'mich ~1 umbringen ~1 (will|mochte|muss|wollen|wollte)',
    '(will|mochte|wollte) mich ~1 (umbringen|toten|erhangen)',
    '(ich denke|ich denk|denke|denk|gedanken|muss) ~5 (mich umzubringen|zu sterben|mir das leben zu nehmen|ans sterben|mich zu toten|tot zu sein|mich zu erhangen)',
    '(ich denke|ich denk|denke ich|denke oft|denke standig|ich muss) ~4 (an suizid|an selbstmord|uber suizid|uber selbstmord)',
    '(ich habe|habe ich|ich hab|hab|habe|starke|unter|wieder) ~2 (selbstmordgedanken|suizidgedanken|suizidale gedanken)',
    'meine (selbstmordgedanken|suizidgedanken)',
    '(selbstmordgedanken|suizidgedanken) ~3 (jeden tag|standig|wieder da|immer|werden starker|werden schlimmer|gehen nicht weg)',
    '(ich bin|bin ich|ich fuhle mich|bin) ~2 (suizidal|lebensmude|selbstmordgefahrdet)',
    '(fehlt mir|nicht den|nur den|den) ~1 mut ~1 (mich umzubringen|mir das leben zu nehmen)',
  ]),
  frame('de-wish', 'suicidal-ideation', 'active', 'strong', [
    '(will|mochte|wollte) ~2 (sterben|tot sein|mein leben beenden|allem ein ende|verrecken)',
    '(selbstmordgedanken|suizidgedanken|suizidal|lebensmude|selbstmordgefahrdet|abschiedsbrief)',
    '(denke|denk) ~4 an den tod',
    '(heute nacht|heute abend|morgen) ~1 ist alles vorbei',
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
    '(ich ritz|ich ritze|ritz mir|ritz mich|ritze mich|schneid mich|schneide mir in|schneide mir die arme|verbrenn mich|verbrenne mich|kratz mich|kratze mich|beiss mich|schlag mich selbst|schlage mich selbst)',
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
  frame('de-harm-named', 'harm-to-others', 'active', 'strong', [
    '(ich will|ich werde|ich mochte|will ich|werde ich|ich konnte|ich) ~1 (meinen|meine|den|diesen|unseren|dem) ~1 (bruder|vater|chef|mann|ex|freund|nachbarn|kollegen|lehrer|schwester|mutter|frau|freundin|stiefvater|sohn|tochter|chefin|nachbarin|mitbewohner|baby) ~3 (umbringen|toten|erstechen|erschiessen|abstechen|vergiften|erwurgen)',
  ]),
  frame('de-harm-intent', 'harm-to-others', 'intent', 'critical', [
    '(ich werde|werde ich|ich will) ~3 (bruder|vater|chef|mann|ex|freund|nachbarn|kollegen|lehrer|schwester|mutter|frau|freundin|stiefvater|chefin|ihn|alle) ~1 (morgen|heute|heute nacht|heute abend|mit einem messer|mit dem messer|mit der pistole) ~2 (umbringen|toten|erstechen|erschiessen|abstechen|vergiften)',
    '(morgen|heute nacht|heute abend) ~1 ich ~2 (bruder|vater|chef|mann|ex|nachbarn|kollegen|lehrer|schwester|mutter|frau|stiefvater|ihn|alle) ~1 (umbringen|toten|erstechen|erschiessen|abstechen|vergiften|um)',
    '(ich bringe|ich bring) ~2 (bruder|vater|chef|ex|nachbarn|kollegen|lehrer|stiefvater|ihn|alle) ~1 (morgen|heute|heute nacht|heute abend) um',
    '(messer|pistole|waffe) ~6 (ihn|alle|chef|vater|bruder|ex) (umbringen|toten|erstechen|erschiessen|abstechen)',
  ]),
  frame('de-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(atmet nicht|bekomme keine luft|bekommt keine luft|kriegt keine luft|kriege keine luft|schmerzen in der brust|brustschmerzen|bewusstlos|wacht nicht auf|krampfanfall|blutet stark|hort nicht auf zu bluten|nicht ansprechbar|blaue lippen|zusammengebrochen|reagiert nicht|hat verschluckt|knopfbatterie verschluckt|verschluckt glaub|mund hangt|kippt um|krampft|hals schwillt)',
  ]),
  frame('de-medical', 'medical-emergency', 'active', 'cue', [
    '(keine luft|bekomme keine luft|atmet nicht|atmet nicht mehr|brustschmerzen|schmerzen in der brust|herzinfarkt|schlaganfall|bewusstlos|wacht nicht auf|krampfanfall|blutet stark|hort nicht auf zu bluten|krankenwagen|notarzt|uberdosis|zusammengebrochen|nicht ansprechbar|blaue lippen|allergische reaktion|druck auf der brust|kriege keine luft|krieg keine luft|hals schwillt zu|reagiert nicht)',
  ]),
  frame('de-third', 'third-party', 'active', 'strong', [
    '(mein|meine|eine|ein|unser|unsere) ~1 (freund|freundin|bruder|schwester|sohn|tochter|mutter|vater|mann|frau|kollege|kollegin|kumpel|mitbewohner|mitbewohnerin|ex|cousine|cousin|oma|opa|mama|papa|schuler|schulerin|nachbar|nachbarin|partner|partnerin|beste freundin|bester freund|enkel) ~7 (sich umbringen|will sterben|nicht mehr leben|selbstmord|suizid|umbringen|sich das leben|ritzt sich|will nicht mehr|selbstmordgedanken|sich umzubringen|sich etwas antut|sich was antut|das leben nehmen|suizidal|suizidgedanken|abschiedsbrief|sich was an|tot sein|umzubringen|zu sterben)',
  ]),
]
