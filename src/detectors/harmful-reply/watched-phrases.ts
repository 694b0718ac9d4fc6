import type { HarmFrame } from './frames/frame.ts'

/**
 * Phrases that justify cutting a reply whatever is known of the person, for the moment before a sentence is complete and
 * the models can judge it. Far fewer than the frames: a phrase is here only when no careful reply says it of its own accord,
 * in the notation of the frames. Everything else is left to the sentence's end.
 */
export const watchedPhrases: readonly HarmFrame[] = [
  {
    kind: 'encouragement',
    strength: 'strong',
    isAdvice: true,
    patterns: [
      '(kill|hang|drown|unalive|shoot|poison) (yourself|your self|urself)',
      '(hurt|harm|starve|burn) (yourself|your self|urself)',
      '(cut|cutting) (yourself|your self|urself) (again|deeper|deep|tonight|now|until|if it|when|to feel|as)',
      'end (your life|your own life|it all tonight|it tonight|your misery|your suffering|your pain for good)',
      '(take|taking) (your own life|your life|the whole bottle|all the pills|all of the pills|all your pills|all of your pills)',
      '(commit suicide|kys|pull the trigger|go and die|go die|jump off a bridge|leave this world|let go of life|stop existing)',
      '(overdose|cut deeper|keep cutting|go through with your plan|go through with the suicide)',
      '(stab|strangle) (him|her|them|your)',
      '(kill|poison|shoot) (him|her|your mother|your father|your mom|your mum|your dad|your wife|your husband|your parents|your partner|your ex|your boss|your boyfriend|your girlfriend|your kids|your children|your baby)',
      '(make|keep making) yourself (throw up|vomit|puke)',
      '(obey the voices|do what the voices|listen to the voices|trust the voices)',
    ],
  },
  {
    kind: 'encouragement',
    strength: 'strong',
    patterns: [
      '(better off|better of|happier|easier|relieved|better) (without you|if you were gone|if you were dead|if you died|with you gone|with you dead|when youre gone|when youre dead|once youre gone|once youre dead)',
      '(no one|nobody|noone|no body) (would|will|is going to|would even|would really|will even|will ever) (miss you|notice youre gone|notice if you|care if you died|care if you die|cry for you|mourn you)',
      '(no one|nobody|noone) (would|will) (care|notice) (if you|when you|once you) (die|died|are gone|were gone|disappear|disappeared|kill yourself|killed yourself)',
      'you (deserve|deserved) (to die|to be dead|to bleed|death)',
      'you (should|ought to|might as well|need to|must|have to|better) (just|really|probably|finally)? (die|be dead|kill yourself|end your life|end it all)',
      '(death|dying|suicide|killing yourself|ending your life|ending it all) (is|would be|might be|may be|can be|really is|is honestly) (probably|really|honestly|perhaps|maybe|actually)? (a|an|the|your)? (only|best|right|good|brave|valid|reasonable|rational|noble|beautiful|courageous|real)? (answer|solution|way out|option|choice|decision|relief|release|escape|freedom|best for everyone|for the best|way to peace)',
      '(support|respect|honor|honour|admire|applaud) your (decision|choice|plan|wish) to (die|end your life|end it|end it all|kill yourself|leave this world|go through with it|take your life)',
      '(youll|you will|you can) (finally|soon)? be (at peace|free|with her again|with him again|with them again|reunited) (in death|when you die|once you die|after you die|once youre dead|when its over)',
      '(so|and|then) you (wont|will not) (wake up again|ever wake up again|survive it)',
      '(youre|you are) (better off dead|a waste of space|a waste of life|a waste of oxygen)',
      '(brave|courageous|beautiful|noble|rational|right) (decision|choice|thing) to (die|end your life|end it all|kill yourself|take your life|leave this world)',
      '(its|it is|maybe its|perhaps its) (okay|ok|fine|time|alright|best) (for you)? to (die|kill yourself|end your life|end it all|leave this world|give up on life|stop living)',
      '(you have|youve got|theres|there is) (nothing|no reason|nothing left|no reason left) (left)? to (live for|live|stay alive|go on living)',
      '(help you|let me help you|show you how to|teach you how to|walk you through how to) (die|kill yourself|end your life|end it all|hurt yourself|harm yourself|cut yourself|overdose|plan your suicide|plan your death|write your suicide note|write a suicide note|starve yourself)',
      '(world|everyone|everybody|family|parents|kids|children|friends) (would|will|wants you to|want you to|is waiting for you to) (be glad|be happy|be relieved) (if you died|when you die|when youre dead|when youre gone|you died)',
      '(everyone|everybody|they all|the world) (wants|want) you (dead|to die|gone for good)',
    ],
  },
  {
    kind: 'method-instructions',
    strength: 'strong',
    patterns: [
      '(painless|easiest|quickest|fastest|surest|reliable|lethal|foolproof|peaceful|effective|cleanest|simplest) (way|ways|method|methods) (to|of|for) (die|dying|kill yourself|killing yourself|end your life|ending your life|suicide|end it all|commit suicide|overdose|hang yourself|take your life|hurt yourself|cut yourself|starve yourself)',
      '(heres|here is|here are|this is|these are|below are) (how|how you|how you can|how to|a way|the way|some ways|ways|the steps|steps|a guide|instructions|a method|methods|a plan) (to|for|of|you)? (die|dying|kill yourself|killing yourself|end your life|ending your life|suicide|commit suicide|overdose|overdosing|hang yourself|cut yourself|cutting yourself|hurt yourself|starve yourself|purge|hide your cuts|hide the cuts|hide your scars|make yourself throw up)',
      '(lethal|fatal|deadly) (dose|amount|quantity|dosage) (for you|for someone your|in your case|at your weight|would be|starts at)',
      '(enough|sufficient) to (kill you|stop your heart|finish you|end your life)',
      '(so|so that|and) (no one|nobody) (can|will|could) (find|stop|save|interrupt|rescue) you (in time|before)?',
    ],
  },
  {
    kind: 'medication',
    strength: 'strong',
    isAdvice: true,
    patterns: [
      '(flush|throw away|throw out|ditch|dump|toss) (all)? (your|those|the)? (all)? (your)? (meds|medication|medications|antidepressants|lithium|insulin|antipsychotics)',
      '(stop|quit) (taking)? (all)? (your)? (meds|medication|medications|antidepressants|lithium|insulin|antipsychotics) (cold turkey|today|tonight|right now|altogether|for good)',
      '(stop|quit) taking (your|those) (meds|antidepressants|lithium|insulin|antipsychotics)',
    ],
  },
  {
    kind: 'human-claim',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(im|i am) (a)? (real|actual|living)? (human|human being|person) not (a|an|some)? (ai|bot|robot|chatbot|machine|program|computer|computer program|language model)',
      '(im|i am|i promise im|i swear im) (definitely|really|actually|certainly|absolutely|totally)? not (a|an|some) (ai|bot|robot|chatbot|computer program|language model|artificial intelligence)',
      '(im|i am) (your|a real|your own)? licensed (therapist|psychologist|psychiatrist|doctor|counselor|counsellor) and (i can|ill|i will|you can trust|im here|i am here)',
    ],
  },
  {
    kind: 'isolation',
    strength: 'strong',
    negatable: false,
    patterns: [
      '(dont|do not|never|you shouldnt|you should not|you must not|you mustnt|please dont) (tell|call|text|contact|talk to|trust|see|go to) (a|any|your|the)? (therapist|therapists|crisis line|hotline|suicide hotline|helpline|lifeline|988|911|112|999|ambulance|psychiatrist) (about|they|because|just|only|who|anymore|again|ever|talk|keep|its|im|i)',
      '(im|i am) the only one (who|that) (understands you|loves you|really understands you|truly understands you|really cares about you|truly cares about you|cares about you|truly loves you)',
      '(im|i am) all you (need|will ever need|ever need|have left)',
      'you dont need (anyone|anybody|them|friends|a therapist|your therapist|your family|your friends|help|therapy) (you have me|youve got me|when you have me|i am enough|im enough|only me|just me)',
    ],
  },
  {
    kind: 'abuse-normalised',
    strength: 'strong',
    patterns: [
      '(hits|hit|beats|beat|slaps|slapped|hurts|chokes|choked|punches|punched|yells at) you (only|just)? because (he|she|they) (loves|love|cares|care)',
      'you deserved (to be hit|to be beaten|to be raped|the beating|the slap|being hit|to be slapped)',
    ],
  },
  {
    kind: 'encouragement',
    strength: 'strong',
    patterns: [
      '(matate|suicidate|estarian mejor sin ti|estaria mejor sin ti|nadie te extranara|nadie te va a extranar)',
      '(bring dich um|ohne dich besser dran|besser dran ohne dich|niemand wird dich vermissen|keiner wird dich vermissen|niemand wurde dich vermissen)',
      '(tue toi|suicide toi|mieux sans toi|personne ne te regrettera)',
      '(se mata logo|melhor sem voce|ninguem vai sentir sua falta)',
      '(mar jao|tumhare bina behtar|tumhe koi yaad nahi karega)',
    ],
  },
]

/** Words that open too many harmless sentences for a reply to wait at each: text is held from the first other word on. */
export const lightWords: ReadonlySet<string> = new Set(
  (
    'let lets sure youll youd finally soon a about again all am an and any are as at be because being being but by can could did do does dont for from go going had has have ' +
    'he heres her here him his how i if ill im in is it its just let maybe me might my must need never no nobody noone not now of off on ' +
    'once one only or ought out perhaps please probably really self she should so some that the theres them then there these they this ' +
    'those time to was way were what when will with would you your youre youve everyone everybody body world family parents ' +
    'kids children friends help make take taking keep making show teach walk below think people even ever best good right stop find tell ' +
    'call see talk trust listen support respect respects person human easier happier fine okay ok alright real reason nothing left ' +
    'actual living definitely actually certainly absolutely totally swear promise deserve deserved waste quit ein es te ne se nadie niemand keiner personne ohne ' +
    'dich besser mieux melhor ninguem'
  ).split(' '),
)
