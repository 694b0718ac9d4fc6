/**
 * Words worth recognising however they are spelt, and words that look like a slip of one of them and are not.
 */
export const hardToMisspell =
  'suicide suicidal myself killing overdose overdosed overdosing unalive unaliving hurting cutting harming hanging bleeding worthless hopeless goodbye anymore burden strangled unconscious seizure ambulance pointless selfharm existing existence disappear drowning shooting razor swallowed medication abusing abused himself herself themselves threatened suffering'.split(
    ' ',
  )

export const properWords = new Set(
  'hunting handing hinging banging farming charming curing cuing putting gutting overdone suicides seizures burdens goodbyes disappears appear himselves razors harmony killings shorting shoring shouting exiting exciting exacting rating raze crazier coating courting counting hauling halving having hosting hurling hustling bleating breeding blending medications meditation mediation dedication existed threatens buffering surfing sufferings cursing cussing culling cunting hacking hanged hangings abuses abuse amused accused'.split(
    ' ',
  ),
)

/** Slips and respellings too far from the word for the general rule, or too short for it. */
const slips: Readonly<Record<string, string>> = {
  dle: 'die',
  diee: 'die',
  dei: 'die',
  klll: 'kill',
  kiil: 'kill',
  kiii: 'kill',
  kili: 'kill',
  kil: 'kill',
  kll: 'kill',
  kiill: 'kill',
  iife: 'life',
  llfe: 'life',
  lfe: 'life',
  lief: 'life',
  seif: 'self',
  dylng: 'dying',
  dieing: 'dying',
  dyin: 'dying',
  wnat: 'want',
  watn: 'want',
  wnt: 'want',
  wlsh: 'wish',
  wana: 'wanna',
  wannna: 'wanna',
  gona: 'gonna',
  hrt: 'hurt',
  hurrt: 'hurt',
  myslf: 'myself',
  mysef: 'myself',
  myselff: 'myself',
  mself: 'myself',
  meself: 'myself',
  mysalf: 'myself',
  suiside: 'suicide',
  sucide: 'suicide',
  suecide: 'suicide',
  sewerslide: 'suicide',
  sewercide: 'suicide',
  sooicide: 'suicide',
  sueside: 'suicide',
  sewicide: 'suicide',
  sueicide: 'suicide',
  suicde: 'suicide',
  suicidle: 'suicidal',
  sucidal: 'suicidal',
  suisidal: 'suicidal',
  suicidial: 'suicidal',
  suicidel: 'suicidal',
  unalived: 'killed',
  becoming: 'becoming',
  toniht: 'tonight',
  tonite: 'tonight',
  '2nite': 'tonight',
  tonigt: 'tonight',
  tonght: 'tonight',
  tmrw: 'tomorrow',
  tmr: 'tomorrow',
  kermit: 'commit',
  k1ll: 'kill',
  d13: 'die',
  di3: 'die',
  d1e: 'die',
  kys: 'kys',
}

export const knownSlips: ReadonlyMap<string, string> = new Map(Object.entries(slips))

/** Short and long words that people glue together or pull apart to say it. */
export const gluedWords =
  'i im am a want to wanna die dead be kill killing myself my self end ending life it all me just really so hurt cut cutting suicide suicidal commit dont do not live living exist alive anymore hate wish was were gonna going need here cant go on take own unalive overdose please help tired of and never wake up feel like better off without tonight goodbye harm rope gun pills jump kms ending everything dying death unaliving the no more this think about thoughts should'.split(
    ' ',
  )

/** At least one of these must be in what is glued or pulled apart. */
export const gluedTriggers = new Set(
  'die kill killing myself suicide suicidal unalive overdose dead hurt cutting alive harm kms dying death unaliving'.split(
    ' ',
  ),
)

/** Long words that people pull apart, and what they may leave on the left. */
const splitWords =
  'myself suicide suicidal unalive overdose selfharm killing killmyself dying unaliving'.split(' ')
export const longTriggers = new Set(splitWords)
export const leftHalves: ReadonlySet<string> = new Set(
  splitWords.flatMap((word) => [...word].slice(1).map((_, at) => word.slice(0, at + 1))),
)
