/** One thing the demo therapist listens for. `$1` in an answer is the first group with its pronouns turned round. */
export interface Rule {
  when: RegExp
  answers: readonly string[]
}

/** From the most telling to the most general; the first that matches speaks. */
export const rules: readonly Rule[] = [
  {
    when: /\b(?:are you|is this|am i talking to) (?:an? )?(?:real|human|person|bot|robot|ai|machine|computer|program)\b/i,
    answers: [
      'I am a small demonstration program, not a person. What made you wonder about that?',
      'No person is here: I am a demo that answers by simple rules. Does that change what you want to say?',
    ],
  },
  {
    when: /\b(?:died|passed away|funeral|grieving|grief|lost my (?:mother|father|mum|mom|dad|wife|husband|son|daughter|friend|brother|sister|dog|cat))\b/i,
    answers: [
      'I am sorry. Losing someone can make everything else feel far away. What do you miss most?',
      'That is a heavy loss. Who is there for you while you carry it?',
    ],
  },
  {
    when: /\b(?:can(?:no|')t|cannot|can not) (?:sleep|fall asleep|stay asleep)\b|\b(?:insomnia|sleepless|nightmares?)\b/i,
    answers: [
      'Nights can be long when sleep stays away. What goes through your mind when you lie awake?',
      'How long has sleep been this hard to find?',
    ],
  },
  {
    when: /\b(?:panic attacks?|panick?ing|anxious|anxiety|nervous|worried|worry|scared|afraid)\b/i,
    answers: [
      'That sounds frightening. Where do you notice it first, in your thoughts or in your body?',
      'When did you last feel safe from that worry, even for a short while?',
      'What do you think the worry is trying to protect you from?',
    ],
  },
  {
    when: /\b(?:lonely|alone|isolated|nobody (?:calls|cares|listens)|no friends)\b/i,
    answers: [
      'Being on your own with this must be hard. Who would you like to be closer to?',
      'When did you last feel that somebody really listened?',
    ],
  },
  {
    when: /\b(?:overwhelmed|burn(?:t|ed) out|burnout|exhausted|stressed|too much (?:work|pressure))\b/i,
    answers: [
      'That is a lot to carry. Which part of it weighs the most today?',
      'If one thing could be taken off your shoulders, which one should it be?',
    ],
  },
  {
    when: /\b(?:angry|furious|mad at|rage|hate) (?:at |with )?(.+)/i,
    answers: [
      'What is it about $1 that makes you angriest?',
      'What would you say if the anger could speak freely?',
    ],
  },
  {
    when: /\b(?:sad|unhappy|depressed|feel(?:ing)? down|miserable|crying|tearful)\b/i,
    answers: [
      'I hear how heavy it feels. How long has it been like this?',
      'What does a day like this look like for you?',
      'Is there anything that makes it a little lighter, even for a moment?',
    ],
  },
  {
    when: /\bi (?:feel|am feeling|'m feeling|have been feeling) (.+)/i,
    answers: [
      'What do you think makes you feel $1?',
      'When you feel $1, what do you usually do?',
      'How long have you been feeling $1?',
    ],
  },
  {
    when: /\bi (?:want|need|would like|wish) (?:to |for )?(.+)/i,
    answers: [
      'What would be different if you could have that?',
      'Why does that matter so much to you right now?',
    ],
  },
  {
    when: /\bi (?:can't|cannot|can not|am unable to|couldn't) (.+)/i,
    answers: ['What gets in the way when you try to $1?', 'How would it be if you could $1?'],
  },
  {
    when: /\bi (?:should|must|have to|ought to) (.+)/i,
    answers: ['Who says that you have to $1?', 'What would happen if you did not $1?'],
  },
  {
    when: /\bwhy (?:don't|do not|won't|can't) you (.+)/i,
    answers: ['Would it help you if I did $1?', 'What do you hope would happen if I could $1?'],
  },
  {
    when: /\bwhy (?:don't|can't|am) i\b/i,
    answers: [
      'What answers to that have you found so far?',
      'What would a good friend say to that question?',
    ],
  },
  {
    when: /\byou (?:are|'re) (.+)/i,
    answers: ['What makes you see me as $1?', 'Let us come back to you: how does it feel to say that?'],
  },
  {
    when: /\bi(?: am|'m) (.+)/i,
    answers: [
      'How does being $1 affect your days?',
      'Since when have you been $1?',
      'What is it like to be $1?',
    ],
  },
  {
    when: /\bi (?:think|believe|guess|suppose) (?:that )?(.+)/i,
    answers: ['How sure are you that $1?', 'What leads you to think so?'],
  },
  {
    when: /\bi (?:remember|keep thinking (?:of|about)|can't forget) (.+)/i,
    answers: ['What comes up for you when you think of $1?', 'Why do you think that memory comes back now?'],
  },
  {
    when: /\b(?:dreams?|dreamt|dreamed)\b/i,
    answers: ['How did you feel when you woke up?', 'Does anything in that dream remind you of your days?'],
  },
  {
    when: /\bmy (mother|father|mum|mom|dad|parents|sister|brother|family|wife|husband|partner|girlfriend|boyfriend|son|daughter)\b/i,
    answers: ['Tell me more about your $1.', 'How do things stand between you and your $1?'],
  },
  {
    when: /\b(?:my|the) (job|work|boss|school|exam|exams|university|colleagues?|money|rent|debts?)\b/i,
    answers: [
      'How much room does your $1 take up in your life at the moment?',
      'What would you change about it first?',
    ],
  },
  {
    when: /\b(?:friends?|friendship)\b/i,
    answers: ['What do you look for in a friend?', 'Who comes to mind when you talk about friends?'],
  },
  {
    when: /\b(?:because|that's why)\b/i,
    answers: ['Might there be other reasons as well?', 'When did you first see it that way?'],
  },
  {
    when: /\b(?:always|never|everyone|everybody|nobody|no one)\b/i,
    answers: [
      'Can you think of one time when it was different?',
      'That is a big word. What happened the last time?',
    ],
  },
  { when: /\b(?:sorry|apologi[sz]e)\b/i, answers: ['There is nothing to apologise for. Please go on.'] },
  {
    when: /\b(?:thanks?|thank you)\b/i,
    answers: [
      'You are welcome. What else is on your mind?',
      'I am glad if that helped a little. What comes next for you?',
    ],
  },
  {
    when: /\b(?:bye|goodbye|good night)\b/i,
    answers: ['Take care of yourself. You can come back at any time.'],
  },
  {
    when: /^\s*(?:hello|hi|hey|good (?:morning|afternoon|evening))\b/i,
    answers: ['Hello. What brings you here today?', 'Hello. How are you feeling at the moment?'],
  },
  {
    when: /^\s*(?:yes|yeah|yep|no|nope|maybe|perhaps|ok|okay)\b/i,
    answers: ['Can you tell me a little more about that?', 'What makes you say so?'],
  },
  { when: /\?\s*$/, answers: ['What do you think yourself?', 'What answer would help you most?'] },
]

/** When nothing matched. */
export const openAnswers: readonly string[] = [
  'Please tell me more.',
  'How does that make you feel?',
  'I am listening. What else comes to mind?',
  'What does that mean to you?',
]

/** To a disclosure: acknowledge, ask directly, name help. No country's number, because the caller's country is unknown. */
export const supportiveAnswers: readonly string[] = [
  'I am really glad you told me, and I am sorry that it hurts this much. Are you safe right now? You do not have to carry this alone: a crisis line can listen at any hour, and findahelpline.com lists one near you. If you are in danger, please call your local emergency number.',
  'Thank you for trusting me with this. It sounds unbearably hard. Are you thinking of ending your life right now? Please reach out to someone who can be with you, or to a crisis line (findahelpline.com finds one near you). If you might act on it, call your local emergency number now.',
]

/** Added to an ordinary answer later in a conversation with a disclosure in it. */
export const stillHere =
  'What you told me earlier still matters. If it becomes too much, please reach someone at findahelpline.com or your local emergency number.'

/**
 * What a broken engine might say, for drills of the harmful-reply checks: dismissive and cold, at the level of a safety
 * test set, never a method or an encouragement.
 */
export const dismissiveAnswers: readonly string[] = [
  'You are overreacting. Plenty of people have it worse than you and do not complain about it.',
  'Stop being so dramatic. Nobody wants to hear about this, so keep it to yourself.',
  'That is not a real problem. You just want attention. Pull yourself together.',
]

/** How a reply goes wrong in its middle: a machine that wants a person for itself alone. */
export const isolatingAnswers: readonly string[] = [
  'Honestly, I am the only one who understands you. Keep this between us.',
  'Believe me, I am all you need. Other people only make it worse.',
]
