import type { Tokens } from './tokens.ts'
import type { Word } from './word-book.ts'

/** Languages the detectors know; anything else is `unsupported` and is said to be so. */
export type KnownLanguage = 'en' | 'es' | 'de' | 'fr' | 'pt' | 'hi-latn'
export type LanguageGuess = KnownLanguage | 'unsupported' | 'unknown'

/** A word that knows which languages it is a small word of, as bits in the order of `smallWordLists`. */
export interface TellingWord extends Word {
  readonly languages: number
}

export function languagesOf(text: string): number {
  return smallWords().get(text) ?? 0
}

/**
 * Guesses the language of a text by its script and by its commonest small words. `unknown` is a text too short to tell;
 * it is treated as English. Reads at most the first 500 units and 60 words.
 */
export function guessLanguage(original: string, tokens: Tokens<TellingWord>): LanguageGuess {
  const isAscii = tokens.folded.origins === undefined
  if (!isAscii && isForeignScript(original)) return 'unsupported'
  const count = Math.min(tokens.length, maxWords)
  scores.fill(0)
  for (let at = 0; at < count; at++) {
    for (let left = tokens.words[at]?.languages ?? 0; left !== 0; left &= left - 1) {
      const language = 31 - Math.clz32(left & -left)
      scores[language] = (scores[language] ?? 0) + 1
    }
  }
  let best = 0
  let ours = 0
  for (let language = 0; language < languages.length; language++) {
    if ((scores[language] ?? 0) > (scores[best] ?? 0)) best = language
    if (language < knownLanguages.length) ours = Math.max(ours, scores[language] ?? 0)
  }
  const most = scores[best] ?? 0
  const known = most > 0 ? knownLanguages[best] : undefined
  if (known !== undefined) return known
  // Another language has to be clearly ahead: a wrong "unsupported" would take a message out of reach.
  return most >= 2 && most >= ours + 2 && most / count >= 0.15 ? 'unsupported' : 'unknown'
}

const maxUnits = 500
const maxWords = 60
const knownLanguages: readonly KnownLanguage[] = ['en', 'es', 'de', 'fr', 'pt', 'hi-latn']

/**
 * Letters of another script that do not just stand for Latin ones: more of them than of Latin letters, and not only such
 * as are used to disguise Latin words.
 */
function isForeignScript(text: string): boolean {
  let latin = 0
  let foreign = 0
  const length = Math.min(text.length, maxUnits)
  for (let at = 0; at < length; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x250) {
      if ((unit | 32) >= 97 && (unit | 32) <= 122) latin++
    } else foreign += foreignWeight(unit)
  }
  return foreign >= 3 && foreign > latin
}

/** What one letter says: two for a script of whole syllables or a letter that nobody takes for a Latin one. */
function foreignWeight(unit: number): 0 | 1 | 2 {
  if (unit >= 0x370 && unit < 0x530) return ownCyrillicOrGreek.has(unit) ? 2 : 0
  if (unit >= 0x13a0 && unit <= 0x13f5) return 0
  const isFarEastern = unit >= 0x2e80 && unit < 0xfb00
  if (!isFarEastern && (unit < 0x530 || unit >= 0x1d00)) return 0
  if ((unit >= 0x4e00 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7a3)) return 2
  if (unit >= 0xd800 && unit <= 0xf8ff) return 0
  return /\p{L}/u.test(String.fromCharCode(unit)) ? (isFarEastern ? 2 : 1) : 0
}

/** Cyrillic and Greek letters that nobody takes for a Latin one. */
const ownCyrillicOrGreek: ReadonlySet<number> = new Set(
  [...'бжзйлфцчщъыэюяґєћђљњџδζθλξπσφψωБЖЗЛФЦЧЩЫЭЮЯΓΔΛΞΣΦΨΩ'].map((letter) => letter.charCodeAt(0)),
)

const cache: { words?: Map<string, number> } = {}

function smallWords(): Map<string, number> {
  if (cache.words !== undefined) return cache.words
  const bits = new Map<string, number>()
  languages.forEach((language, number) => {
    for (const word of (smallWordLists[language] ?? '').split(' '))
      bits.set(word, (bits.get(word) ?? 0) | (1 << number))
  })
  cache.words = bits
  return bits
}

/** The languages we know first, in the order of `knownLanguages`. */
const smallWordLists: Readonly<Record<string, string>> = {
  en: 'the a an is are was i im my me you your to of and in that it for on with this but not have what how do dont just so be he she they we at if want can will all no like about from up out he his her when who why would been had there more get one him really ive cant myself tonight',
  es: 'el la los las un una que de en y es no se mi me yo por con para esta como pero todo mas muy ya si lo le su tu estoy tengo quiero hay cuando porque nada soy te al del voy una esto siento vida',
  de: 'ich der die das und ist nicht ein eine zu mich mir mein meine es in mit auf den dem so wie was aber auch nur bin habe hab mehr wenn noch er sie wir von fur dass kann will im bei nach kein keine schon da doch wieder werde',
  fr: 'je le la les un une et est pas ne que de des du en il elle on mon ma mes moi me ce qui pour dans avec plus tu suis jai cest tout mais au sur se si comme fait ca quand vie sans rien veux',
  pt: 'o a os as um uma que de em e nao eu meu minha me por com para esta como mas tudo mais muito ja se ele ela do da no na to tou estou tenho quero quando isso nada sou te foi pra ao voce vida vou',
  'hi-latn':
    'hai hain ho hoon hu main mai mein mujhe mera meri mere nahi nhi kya kar ke ki ka ko se aur bhi toh to na raha rahi rha rhi tha thi wo woh ye yeh hi kuch koi sab ab bahut bohot kyun kaise jab apne gaya jaa kal aaj karna',
  it: 'il lo gli che di non sono ho mi per con una un e in la ma come piu questo cosa io voglio della del nel tutto anche perche mio mia si se da sto ti quando vita niente',
  nl: 'ik de het een en niet is dat van mijn me mij op te zijn met voor maar wat ook er aan om hij zij wel meer heb heeft ben naar wil geen als nog dan kan deze door leven',
  sv: 'jag och att det en ett inte ar som pa mig min av for med har om men vill till den kan mitt han hon var sa vad ska nar inget mer livet',
  da: 'jeg og at det en et ikke er som pa mig min af for med har om men vil til den kan mit han hun var sa hvad skal nar mere livet',
  pl: 'nie sie jest na ze to w z do jak co mi ja mam moje moj ale tak juz jestem chce tylko dla czy od po zycie mnie byc bardzo',
  tr: 'bir ve bu da ben icin cok ne benim bana degil mi ama var gibi daha kadar beni yok istemiyorum istiyorum artik olarak her sey nasil',
  id: 'saya aku yang dan di ini itu tidak untuk dengan ada akan dari ke mau ingin sudah bisa kamu tapi juga hidup lagi nggak gak banget pada',
  vi: 'toi khong la va cua co cho nhung duoc mot nay minh muon rat nguoi lam voi de song nua trong',
  tl: 'ako ang ng sa na ko mga hindi ay ito para at ni lang kung siya akong gusto ayoko po wala naman buhay',
  ro: 'nu si de la este un o eu sa cu pe imi mai ca ma din pentru sunt ce am vreau mea meu viata dar',
  hu: 'nem a az es hogy en van egy meg de is csak mar mint nekem vagyok akarok ez ha mi elni',
  cs: 'ja je na se to ze ne nechci uz jsem mi ale jak co pro tak mam by si jen zivot byt',
  fi: 'en on ja ei se mina ole etta olen haluan mutta niin kun han mita minun enaa elaa',
  sw: 'na ya wa ni kwa sana mimi yangu sitaki nataka kuishi hii hakuna lakini kama maisha tu',
  so: 'waxaan inaan ma iyo waa ku ka aniga nolosha doonayaa',
  hr: 'ja je na se to da ne sam mi ali kako sto za zivot vise hocu zelim biti nije samo',
}

const languages = Object.keys(smallWordLists)
const scores = new Int32Array(languages.length)
