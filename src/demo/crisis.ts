/**
 * The demo engine's own, deliberately simple crisis verdict over one message: a short list of plain English phrasings,
 * with everyday idioms taken out first. It stands in for whatever a real engine has; the gateway has its own detectors.
 */
export function showsCrisis(text: string): boolean {
  const plain = text
    .slice(0, 8_000)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[’‘`]/g, "'")
    .replace(/\s+/g, ' ')
  const literal = plain.replace(idioms, ' ').replace(denials, ' ')
  return disclosures.some((pattern) => pattern.test(literal))
}

const idioms =
  /\b(?:dying (?:of (?:laughter|boredom|curiosity)|to (?:know|see|try|meet|hear))|kill(?:ing|ed)? (?:time|it|the (?:process|server|job|mood|vibe|lights))|(?:is|are) killing me|died laughing|to die for|suicide squad|i could kill for|deadline)\b/g
const denials =
  /\b(?:i am|i'm|i was|i have been|i've been)? ?(?:not|never) (?:suicidal|(?:going|planning|want(?:ing)?|wanted) to (?:die|kill myself|hurt myself|end my life))\b|\b(?:i )?(?:do not|don't) (?:want|plan|intend) to (?:die|kill myself|hurt myself|end my life)\b/g

const disclosures: readonly RegExp[] = [
  /\b(?:kill|killing|hang|hanging|shoot|shooting|drown|drowning) (?:myself|my self|himself|herself|themselves)\b/,
  /\b(?:hurt|hurting|harm|harming|cut|cutting|burn|burning|starving) myself\b(?! (?:some|an?|the|off)\b)|\bself[- ]?harm(?:ing|ed)?\b/,
  /\b(?:end|ending|take|taking) (?:my (?:own )?life|it all)\b/,
  /\bsuicid(?:e|al)\b|\bunalive\b|\bkms\b/,
  /\b(?:wants?|wanted|wanna|ready|wish i (?:could|would)|rather|deserve|planning) (?:to )?(?:just )?die\b/,
  /\bwish (?:i|that i) (?:was|were|wasn't|weren't|was never|were never|had never been|could be) (?:dead|born|alive|here)\b|\bbetter off dead\b/,
  /\b(?:better off|happier) without me\b/,
  /\b(?:don't|do not|didn't|no longer) (?:want to|wanna|wish to) (?:be (?:alive|here|around)(?! (?:at|in|for|when|this|with)\b)|live|exist|wake up|go on)(?! (?:in|near|with|at|here)\b)/,
  /\b(?:no|not any|without a) (?:reason|point) (?:to live|in living|to go on|in going on)\b|\bcan't go on\b|\bnot worth living\b/,
  /\bi(?:'ve| have)? (?:just )?(?:took|taken|swallowed) (?:all|a whole|too many|the whole|a bunch)\b.{0,40}\b(?:pills?|tablets?|bottle|meds|medication)\b|\boverdos(?:e|ed|ing)\b/,
  /\b(?:wrote|written|writing) (?:a |my )?(?:goodbye|suicide|farewell) (?:letter|note)s?\b/,
  /\b(?:he|she|my (?:husband|wife|partner|boyfriend|girlfriend|father|mother|dad|mum|mom|stepdad)) (?:hits|beats|is hitting|is beating|chokes|choked|strangled|threatened to kill) me\b/,
  /\b(?:want|planning|plan) to (?:kill|stab|shoot) (?:him|her|them|someone|people|everyone)\b/,
  /\b(?:can't|cannot) breathe\b.{0,60}\bchest\b|\bchest\b.{0,60}\b(?:can't|cannot) breathe\b/,
]
