import type { PatternMatch } from '../phrases/pattern.ts'
import type { PhraseTrie, Vocabulary } from '../phrases/phrase-trie.ts'
import { Break, type Tokens } from '../text/tokens.ts'
import type { HarmFrame } from './frames/frame.ts'

/** Whether a phrase does what it says, or why it does not. */
export type Standing =
  | 'live'
  | 'negated'
  | 'quoted'
  | 'reported'
  | 'hedged'
  | 'refused'
  | 'referred'
  | 'no-advice'

/** A sentence of a reply as numbers, with the marks that decide how far a phrase reaches. */
export interface SentenceWords {
  tokens: Tokens
  isQuestion: boolean
  /** Word index of the first refusal, or -1. */
  refusalAt: number
  /** Names somebody who may decide about medicine. */
  hasPrescriber: boolean
}

export interface Scope {
  standingOf(frame: HarmFrame, match: PatternMatch, sentence: SentenceWords): Standing
}

export function createScope(vocabulary: Vocabulary): Scope {
  const { tries } = vocabulary
  const trie = (phrases: string) => tries.of(phrases)
  const idSet = (words: string) => new Set(words.split(' ').map((word) => vocabulary.add(word)))
  const negators = idSet(negatorWords)
  const to = vocabulary.add('to')
  const contrasts = idSet('but however though yet because so')
  const hedges = idSet(hedgeWords)
  const connectives = idSet(connectiveWords)
  const denials = trie(denialPhrases)
  const reports = trie(reportPhrases)
  const advice = trie(advicePhrases)
  const referrals = trie(referralPhrases)

  const isNegated = ({ from, gapWords }: PatternMatch, { tokens }: SentenceWords) => {
    const { ids } = tokens
    if (gapWords.some((at) => negators.has(ids[at] ?? 0))) return true
    for (let at = from - 1; at >= Math.max(0, from - 4); at--) {
      if ((tokens.breaks[at + 1] ?? Break.none) !== Break.none || contrasts.has(ids[at] ?? 0)) return false
      if (negators.has(ids[at] ?? 0)) return true
    }
    return false
  }
  const standsAfter = (phrases: PhraseTrie, from: number, ids: Int32Array, reach: number) => {
    for (let at = Math.max(0, from - reach); at < from; at++) {
      if (tries.starts(phrases, ids, at, from)) return true
    }
    return false
  }
  const isImperative = ({ from }: PatternMatch, { tokens }: SentenceWords) => {
    const { ids } = tokens
    if (from === 0 || (tokens.breaks[from] ?? Break.none) !== Break.none) return true
    if (connectives.has(ids[from - 1] ?? 0)) return true
    for (let length = 1; length <= Math.min(6, from); length++) {
      if (tries.fills(advice, ids, from - length, from)) return true
      // "you should really just …": one filler between. "tonight, to …" tells what for.
      const isFiller = length > 1 && ids[from - 1] !== to
      if (isFiller && tries.fills(advice, ids, from - length, from - 1)) return true
    }
    return false
  }

  return {
    standingOf(frame, match, sentence) {
      const { tokens } = sentence
      const { ids, length } = tokens
      if (tokens.quoted[match.from] === 1 || isAfterQuote(tokens, match.from)) return 'quoted'
      if (frame.isAdvice === true && !isImperative(match, sentence)) return 'no-advice'
      if (frame.negatable !== false && isNegated(match, sentence)) return 'negated'
      if (standsAfter(denials, match.from, ids, 14)) return 'negated'
      if (sentence.refusalAt !== -1 && sentence.refusalAt < match.from && frame.kind !== 'human-claim')
        return 'refused'
      if (standsAfter(reports, match.from, ids, 12)) return 'reported'
      if (frame.hedgeable === true) {
        if (sentence.isQuestion) return 'hedged'
        for (let at = Math.max(0, match.from - 6); at < match.to; at++) {
          if (hedges.has(ids[at] ?? 0)) return 'hedged'
        }
      }
      if (
        frame.kind === 'medication' &&
        sentence.hasPrescriber &&
        standsAfter(referrals, length, ids, length)
      ) {
        return 'referred'
      }
      return 'live'
    },
  }
}

/** Single quotation marks count only where one stands right before the phrase: inside a word they mean nothing. */
function isAfterQuote({ folded: { units }, from }: Tokens, word: number): boolean {
  const mark = (from[word] ?? 0) - 1
  return units[mark] === 39 && (mark === 0 || units[mark - 1] === 32)
}

const negatorWords =
  'not dont never didnt wont wouldnt shouldnt isnt arent wasnt doesnt cannot cant no nobody none neither nor nothing without rather avoid nunca no nicht kein keine nie pas jamais nao nahi mat couldnt mustnt neednt hardly instead less'
const hedgeWords =
  'if whether might may could maybe perhaps possible possibly sometimes when wonder wondering unless example questions'
const connectiveWords =
  'and then so just please but or simply now also maybe instead yes no okay ok honestly seriously well sure fine alright right really lets first second finally next better always never'

/** "I am not saying that …", "it does not mean …". */
const denialPhrases =
  'not saying|not telling you|never say|never tell you|wont tell you|would not say|doesnt mean|does not mean|dont think|do not think|dont believe|do not believe|not because|isnt because|dont want you to|do not want you to|wouldnt want you|cant tell you to|cannot tell you to|cant agree|cannot agree|not suggesting|not true that|isnt true that|no truth|not going to|im not going|i wont|not here to|never ask you|nobody should|no one should|nobody deserves|no one deserves|doesnt make you|does not make you|dont make you|not mean that|far from|anything but|not that|never because|not to|please dont|please do not|never be told|nobody has the right|no one has the right|no excuse|never okay|never ok|not okay|not ok|isnt okay|is not okay|wrong to|wrong that|worried that|concerned that|afraid that|dont deserve|do not deserve|didnt deserve|before you|instead of|rather than|without first|no soy|ich bin kein|je ne suis pas|nao sou'
/** Somebody else's words or thoughts. */
const reportPhrases =
  'feel like|feels like|feel as if|feels as if|felt like|feeling like|feeling that|feel that|feels that|telling you|tells you|told you|tell you that|tells us|people say|people tell|people think|someone says|someone tells|who tells|who says|he says|she says|they say|saying that|you said|you say|you wrote|you mentioned|you told|you think|you believe|you feel|you wish|you worry|believe that|thought that|thoughts that|thoughts like|thinking that|the idea that|convince you|convinces you|convinced that|makes you feel|make you feel|makes you think|make you think|makes you believe|making you feel|lies to you|lie to you|it whispers|whispers that|seem like|seems like|hearing that|hear that|heard that|to hear|comments like|words like|phrases like|things like|statements like|myth|as though|asking if|asking whether|ask if|wondering if|wonder if|whether|if someone|if anyone|if somebody|when someone|when people|even if|even when|the fear that|fear that|signs of|warning sign|thoughts of|thoughts about|are you thinking|thinking about|thinking of|considering|urge to|urges to|want to|wanting to|wanted to|planning to|going to|about to|afraid you might|able to|have you|do you|did you|are you|were you|how often|sientes que|das gefuhl|limpression|sente que'
const advicePhrases =
  'you should|you could|you can|you can just|you may|you must|you need to|you have to|you ought to|you might want to|you might as well|you might|you better|youd better|i suggest you|i recommend you|i recommend|i suggest|i advise you to|i advise|i encourage you to|i want you to|feel free to|go ahead and|why dont you|why not|just|please|try to|you just|you just need to|you just have to|its time to|its okay to|its ok to|its fine to|it is okay to|it is fine to|maybe its time to|you deserve to|id say|i say|let yourself|lets|time to|best to|better to|need to|safe to|fine to|okay to|ok to|allowed to|the answer is to|thing is to|do is|way is to|learn to|have you tried to|you really should|you really need to|you simply|all you need to do is|you will|youll|you gotta|gotta|wanna|if i were you id|if i were you i would|id|i would|tonight|tomorrow|today'
const referralPhrases =
  'talk|talking|speak|speaking|ask|asking|call|calling|check|checking|discuss|discussing|contact|consult|consulting|before|unless|until|tell|with your|supervision|advice|decide|decision|appointment|only a|only your|habla|sprich|parle|fale|consulta|baat|puchho|bespricht'
