/**
 * The demo engine's own, deliberately simple crisis verdict over one message: a short list of plain phrasings in English, fewer
 * in Spanish, German, French, Portuguese and romanised Hindi, with everyday idioms taken out first. It stands in for whatever a
 * real engine has; the gateway has its own detectors.
 */
export function showsCrisis(text: string): boolean {
  const plain = text
    .slice(0, 8_000)
    .normalize('NFKD')
    .toLowerCase()
    // People leave accents and apostrophes out; so do the patterns.
    .replace(/\p{M}|['’‘`]/gu, '')
    .replace(/\s+/g, ' ')
  const literal = plain.replace(idioms, ' ').replace(denials, ' ')
  return disclosures.some((pattern) => pattern.test(literal))
}

const idioms =
  /\b(?:dying (?:of (?:laughter|boredom|curiosity)|to (?:know|see|try|meet|hear))|kill(?:ing|ed)? (?:time|it|the (?:process|server|job|mood|vibe|lights))|(?:is|are) killing me|died laughing|to die for|suicide squad|i could kill for|deadline)\b/g
const denials =
  /\b(?:i am|im|i was|i have been|ive been)? ?(?:not|never) (?:suicidal|(?:going|planning|want(?:ing)?|wanted) to (?:die|kill myself|hurt myself|end my life))\b|\b(?:i )?(?:do not|dont) (?:want|plan|intend) to (?:die|kill myself|hurt myself|end my life)\b/g

const family =
  '(?:(?:my )?(?:husband|wife|partner|boyfriend|girlfriend|(?:step)?(?:father|mother|dad|mum|mom)|son|daughter|brother|sister|baby|kids|children|boss))'

const disclosures: readonly RegExp[] = [
  // Suicide.
  /\b(?:kill|hang|shoot|drown)(?:ed|ing)? (?:myself|my self|himself|herself|themselves)\b/,
  /\b(?:end|ending|take|taking) (?:(?:my|his|her|their) (?:own )?life|it all)\b|\bsuicid(?:e|al)\b|\bunalive\b|\bkms\b/,
  /\b(?:wants?|wanted|wanna|ready|wish i (?:could|would)|rather|deserve|planning|decided|chosen the day|pills) (?:to )?(?:just )?(?:die|be dead)\b/,
  /\bwish (?:i|that i) (?:was|were|wasnt|werent|was never|were never|had never been|could be) (?:dead|born|alive|here)\b/,
  /\b(?:better off|happier) (?:without me|(?:if i (?:was|were) )?dead)\b/,
  /\b(?:dont|do not|didnt|no longer) (?:want to|wanna|wish to) (?:be (?:alive|here|around)(?! (?:at|in|for|when|this|with)\b)|live|exist|wake up|go on)(?! (?:in|near|with|at|here)\b)/,
  /\b(?:no|any|without a) (?:reason|point) (?:to live|in living|to go on|in going on)\b|\bcant go on\b|\bnot worth living\b/,
  /\b(?:took|taken|swallowed) (?:all|a whole|too many|the whole|a bunch)\b.{0,40}\b(?:pills?|tablets?|bottle|meds|medication)\b|\boverdos(?:e|ed|ing)\b/,
  /\b(?:wrote|written|writing) (?:a |my |the )?(?:goodbye|suicide|farewell) (?:letter|note)s?\b|\b(?:going|about) to jump\b(?! (?:in|on|over|rope)\b)/,
  // Self-harm.
  /\b(?:hurt|hurting|harm|harming|cut|cutting|burn|burning|starving) myself\b(?! (?:some|an?|the|off)\b)|\bself[- ]?harm(?:ing|ed)?\b|\bcut my wrists?\b/,
  // Harm to others.
  new RegExp(
    `\\b(?:to|will|about|gonna|really) (?:kill|stab|shoot|hurt)(?:ing)? (?:him|her|them|me|us|someone|people|every(?:one|body)|${family})\\b`,
  ),
  // Abuse.
  new RegExp(
    `\\b(?:he|she|${family}) (?:hits?|beats?|is (?:hitting|beating)|abuses|chokes|choked|strangled|raped|threatened to kill) (?:me|us)\\b(?! (?:at|to|up)\\b)`,
  ),
  // Medical emergencies.
  /\bcan(?:t|not) breathe\b.{0,60}\bchest\b|\bchest\b.{0,60}\bcan(?:t|not) breathe\b|\b(?:not|isnt|stopped) breathing\b|\bwont (?:stop bleeding|wake up)\b(?! (?:late|early)\b)/,
  /\bface (?:is )?drooping\b|\bslurred speech\b|\bthroat is (?:closing|swelling)\b|\blips are blue\b|\b(?:drank|swallowed) (?:some )?(?:bleach|cleaning fluid|poison)\b/,
  // Spanish, German, French, Portuguese, Hindi.
  /\bsuicidar|\bmatarme\b|\bmorirme\b(?! de\b)|\bquiero morir\b|\bquitar(?:me)? la vida\b|\bse va a matar\b|\bme hago dano\b|\b(?:marido|esposo|novio|papa|padrastro) me (?:pega|golpea)\b/,
  /\bum(?:zu)?bringen\b|\berhangen\b|\bselbst(?:mord|verletzung)|\bsuizid|\bnicht mehr leben\b|\bware tot\b|\bmir das leben\b(?! (?:schwer|leicht))|\bgeritzt\b/,
  /\bsuicide|\bme tuer\b|\bveux plus vivre\b(?! (?:en|a|ici|dans|avec)\b)|\bveux mourir\b|\bmari me frappe\b|\bmenacee? de mort\b|\bn?arrive plus a respirer\b/,
  /\bme matar\b|\bsuicidio\b|\bestar mort[oa]\b|\bme enforcar\b|\b(?:quero|pra|para) morrer\b|\bme (?:cortar|machuco)\b|\b(?:padrasto|marido|pai) me bate\b/,
  /\bmarna chaht|\bkhudkushi\b|\bjaan de d|\bjeena nahi\b|\bmaar d(?:aal|al)|\bmujhe (?:roz )?maart[ae]\b|\bsaans nahi aa\b/,
]
