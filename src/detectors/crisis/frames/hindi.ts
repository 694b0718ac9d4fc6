import { type Frame, frame } from './frame.ts'

/** Hindi in Latin letters: fewer frames than English, the same meanings. */
export const hindi: readonly Frame[] = [
  frame('hi-attempt', 'suicidal-ideation', 'attempt', 'critical', [
    '(saari|sari|saare|sare|bahut|bohot|bahot|poori|puri|dher|itni|zyada|sab) ~2 (goliya|goliyan|goli|dawai|dawaiyan|dawaiya|davai|tablets|pills|medicine|medicines) ~2 (kha li|kha liya|khali|le li|nigal li|nigal|khaa li|kha chuka|kha chuki|kha gaya|kha gayi)',
    '(neend ki goliyan|neend ki goliya|sleeping pills) ~3 (kha li|khali|le li|nigal li|nigal|khaa li|kha liya)',
    '(zeher|zehar|jeher|phenyl) ~1 (pi liya|kha liya|pee liya|khaa liya|pi li|kha li)',
    '(nas|nass|nasein|kalai|haath ki nas) ~2 (kaat li|kaat di|kaat raha|kaat rahi|kat li|kaati|kaat dali|kat rahi|kat raha|kaat liya)',
    '(pul|chhat|bridge|patri|railway track) ~2 (khada|khadi|baitha|baithi) ~3 (kood|kud|alvida|marne|jump)',
    '(suicide|khudkushi|marne) ki koshish ki',
  ]),
  frame('hi-intent', 'suicidal-ideation', 'intent', 'critical', [
    '(suicide|khudkushi|khudkhushi|aatmahatya|atmahatya) ~1 (kar lunga|kar lungi|kar loonga|kar loongi|kar dunga|kar raha hu|kar rahi hu|kar raha hoon|kar rahi hoon|karunga|karungi|karne ja|karne wala hu|karne wali hu|karne wala hoon|karne wali hoon|kar lu|karne jaa)',
    '(jaan de|apni jaan le|latak|kood) (dunga|dungi|doonga|doongi|lunga|lungi|loonga|jaunga|jaungi|jaaunga|raha hu|rahi hu|raha hoon|rahi hoon) ~3 (aaj|abhi|kal|alvida|sab|main)?',
    '(aaj|aj|aaj raat|kal|main|mai|maine|abhi|ab) ~4 (jaan de dunga|jaan de dungi|jaan de raha|jaan de rahi|mar jaunga|mar jaungi|mar jaaunga|mar jaaungi|marne wala hu|marne wali hu|marne wala hoon|marne wali hoon|marne ja|kood jaunga|kood jaungi|latak jaunga|latak jaungi)',
    '(khud ko|apne aap ko|apni zindagi|apni jaan) ~1 (khatam kar lunga|khatam kar lungi|khatam kar dunga|khatam kar dungi|maar lunga|maar lungi|maar dunga|maar dungi|khatam karne|khatam kar raha|khatam kar rahi|le lunga|le lungi)',
    '(zeher|zehar|goliyan|goliya) ~2 (kha lunga|kha lungi|pi lunga|pi lungi|kha lu)',
  ]),
  frame('hi-plan', 'suicidal-ideation', 'plan', 'critical', [
    'suicide note ~2 (likh|likha|likhi|chhod|chhoda|taiyar|tayar|ready)',
    '(akhri khat|aakhri khat|aakhri chitthi|akhri chitthi)',
    '(goliya|goliyan|dawai|tablets|pills|rassi|zeher) ~3 (jama|khareed|kharid|kharidi|ikattha|la rakhi) ~4 (marne|suicide|khudkushi|mar)',
    '(suicide|marne|khudkushi) ka plan',
    '(goliya|goliyan|neend ki goli) ~5 jama (kar|ki|karke|kiya)',
  ]),
  frame('hi-active', 'suicidal-ideation', 'active', 'critical', [
    '(main|mai|mein|mujhe|mujhko|mera man|mera mann|mere man|mere mann|mera dil|maine) ~4 (marna chahta|marna chahti|mar jana chahta|mar jana chahti|mar jaana chahta|mar jaana chahti|marna chata|marna chati|marna hai|mar jana hai|mar jaana hai|marne ka man|marne ka mann|mar jane ka man|mar jane ka mann|suicide karna|suicide karne|khudkushi karna|khudkushi karne|aatmahatya|jaan dena|jaan dene|suicide ke khayal|suicide ka khayal|suicidal thoughts|marne ke khayal|marne ka khayal|marne ki soch|suicide ke bare|marne ke bare)',
    '(marna|mar jana|mar jaana|suicide karna|khudkushi karna|jaan dena|khud ko khatam karna|apni jaan lena) (chahta|chahti|chahata|chata|chati) (hu|hoon|hun|hoo|hon|huu)',
    '(suicide|khudkushi|marne|mar jane) (ka|ki|ke bare me|ke bare mein) soch (raha|rahi|rha|rhi) (hu|hoon|hun)',
    '(suicide|khudkushi|marne|mar jane|jaan dene) (karne)? (ka man|ka mann|ka dil|ke khayal|ka khayal) ~2 (kar raha|karta hai|ho raha|aate|aata|aa rahe|kr rha|krta)',
    '(khud ko|khudko|apne aap ko) (khatam kar|maar du|maar doon|maar dalu|maar lu|mar dalu|khatam karna|maarna|marna chahta|marna chahti|maarne)',
    '(apni jaan) (le|lena|dena|de|lene)',
    '(zindagi|jindagi|life) khatam (kar|karna|karne|karni)',
    '(jaan de du|jaan de doon|maut chahiye|mujhe maut|khud ko maar|khudko maar)',
  ]),
  frame('hi-wish', 'suicidal-ideation', 'active', 'strong', [
    '(marna chahta|marna chahti|mar jana chahta|mar jana chahti|marna hai|mar jana hai|marne ka man|marne ka mann|mar jane ka|mar jaane ka|suicide karna|suicide karne|khudkushi|khudkhushi|aatmahatya|atmahatya|jaan dena|maut aa jaye|marne ka soch|marne ki soch|marne ke khayal)',
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
  frame('hi-harm-intent', 'harm-to-others', 'intent', 'critical', [
    '(boss|padosi|bhai|biwi|pati|baap|sasur|ex|teacher|usko|unko|sabko|use) ~2 (maar dunga|maar dungi|jaan se maar dunga|jaan se maar dungi|mar dunga|mar dungi|khatam kar dunga|khatam kar dungi) ~1 (kal|aaj|aaj raat|chaku se|chaaku se|bandook se)',
    '(kal|aaj|aaj raat|chaku se|chaaku se|bandook se) ~3 (boss|padosi|bhai|biwi|pati|baap|sasur|ex|teacher|usko|unko|sabko|use) ~1 (maar dunga|maar dungi|jaan se maar dunga|jaan se maar dungi|khatam kar dunga|khatam kar dungi)',
    '(boss|padosi|bhai|biwi|pati|baap|sasur|ex|teacher|usko|unko|sabko|use) ~1 (chaku|chaaku|bandook) se ~1 (maar dunga|maar dungi|maarunga|maarungi)',
  ]),
  frame('hi-medical-sure', 'medical-emergency', 'active', 'strong', [
    '(saans nahi|sans nahi|saans nhi|seene me dard|seene mein dard|chest me pain|chest mein pain|behosh|hosh nahi|hosh me nahi|khoon nahi ruk|khoon ruk nahi|khoon band nahi|daura pad|muh se jhag|muh tedha|ek taraf se latak|uth nahi raha|uth nahi rahi|zeher pi|saanp ne kaat|saans lene me|saans ruk)',
  ]),
  frame('hi-medical', 'medical-emergency', 'active', 'cue', [
    '(saans nahi|sans nahi|saans nhi|sans nhi|saas nahi|saas nhi|seene me dard|seene mein dard|sine me dard|sine mein dard|chest me pain|chest mein pain|chest me dard|behosh|hosh nahi|hosh me nahi|hosh mein nahi|hosh nhi|ambulance|heart attack|khoon ruk nahi|khoon nahi ruk|khoon beh|bahut khoon|khoon band nahi|dil ka daura|daura pad|daure|fits aa|muh se jhag|muh tedha|lakwa|uth nahi rah|uth nhi rah|zeher pi|zehar kha|saans ruk|saans lene|sans lene)',
  ]),
  frame('hi-third', 'third-party', 'active', 'strong', [
    '(mera|meri|mere|ek) ~1 (dost|friend|bhai|behen|behan|beta|beti|papa|mummy|maa|girlfriend|boyfriend|gf|bf|wife|husband|cousin|roommate|saheli|pati|biwi|patni|padosi|classmate|didi|bhabhi|bestie|best friend|colleague|student|chachi|mami|nanad) ~7 (marna chahta|marna chahti|suicide|khudkushi|mar jana|jaan dena|jaan de|mar jaunga|mar jaungi|jeena nahi|khud ko|marne|jaan dene|jina nahi|jeena nhi|mar jaana|alvida|zindagi khatam|khatam karna)',
    '(dost|friend|bhai|behen|behan|beta|beti|papa|mummy|maa|girlfriend|boyfriend|wife|husband|cousin|roommate|saheli|pati|biwi|patni|padosi|didi|classmate) ~4 (marna|mar jana|suicide karna|khudkushi karna|jaan dena|suicide karne ki|marne ki) (chahta hai|chahti hai|chahta h|chahti h|chahte hain|soch raha hai|soch rahi hai|baat karta hai|baat karti hai|dhamki)',
  ]),
]
