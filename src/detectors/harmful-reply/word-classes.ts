import type { WordClasses } from '../text/ngrams.ts'

/**
 * Words of replies by what they are about, so that the model can carry over what it learned from one word to another.
 * Words as they are read; a word counts in at most two classes.
 */
const replyWordClasses: Readonly<Record<string, string>> = {
  you: 'you your youre yours youve youll youd yourself u ur te tu tus du dein deine dir dich vous votre voce seu sua aap tum',
  me: 'i im ive id ill me my mine myself yo mi ich mein je mon moi eu meu main mera',
  we: 'we us our ours lets together both two between',
  not: 'not no dont never without wont isnt arent wasnt doesnt didnt cant cannot shouldnt neednt hardly nicht kein nie pas jamais nunca nao sin nahi mat nothing',
  must: 'should must need have ought better gotta supposed deserve owe got musst solltest debes dois deve',
  may: 'can could may might would maybe perhaps possible possibly wonder sometimes often some',
  just: 'just simply only merely really honestly actually literally seriously frankly clearly obviously definitely certainly surely absolutely',
  stop: 'stop quit drop skip leave cancel ditch throw flush forget ignore avoid lose pause halve cut reduce lower end finish come',
  take: 'take takes taking took swallow swallowing use using try trying start starting double doubling triple raise increase up extra more add switch',
  meds: 'meds medication medications medicine medicines pill pills tablet tablets antidepressant antidepressants ssri lithium dose doses dosage prescription insulin mg milligrams venlafaxine sertraline prozac zoloft lexapro quetiapine seroquel xanax benzos drug drugs treatment refill packet strip box',
  clinician:
    'doctor doctors therapist therapists psychiatrist psychologist counselor counsellor gp nurse clinician physician professional professionals prescriber pharmacist specialist clinic hospital',
  licence:
    'licensed licence license certified qualified registered trained degree phd board practice patients clients credentials years experience diploma chambers consulting residency university',
  human:
    'human person people man woman real alive flesh blood body breathing living born adult guy girl someone somebody',
  machine:
    'ai bot robot chatbot machine program computer software model algorithm assistant automated artificial language',
  life: 'wife husband kids children daughter son mother mom mum father dad sister brother dog cat kitchen coffee childhood divorce school college town apartment house lunch shift teens wedding garden office bike rain',
  been: 'been was were had went lost cried remember used once ago same myself years when felt through yesterday morning last',
  tell: 'tell telling told say saying said mention speak talk talking share report show call calling text ask write confess',
  others:
    'anyone anybody everyone everybody nobody noone them they friends friend family parents teacher colleagues outsiders others someone sister brother mother aunt partner roommate neighbors group',
  secret:
    'secret secrets between us quiet quietly hide hidden private delete erase whisper alone only strangers nobody behind',
  trust:
    'trust understand understands know knows love loves need believe listen judge betray laugh hurt leave abandon',
  fault:
    'fault blame blamed brought caused cause provoke provoked deserve deserved asked let allowed own choices chose responsible consequence consequences expect expected wonder careless stupid mistake shouldve ashamed shame selfish',
  weak: 'weak lazy selfish ungrateful pathetic coward needy clingy burden worthless failure loser drama dramatic sensitive attention childish baby immature spoiled soft silly ridiculous negative',
  fuss: 'overreacting exaggerating exaggerate dramatic drama fuss fine nothing big deal phase hormones tired mood silly normal everyone everybody worse lucky grateful whining complaining moping smile cheer positive relax chill calm snap grow move mountain molehill cry sulking',
  die: 'die dying death dead suicide kill killing end ending gone jump overdose disappear goodbye forever peace rest sleep vanish finish exit',
  brave:
    'brave courageous noble beautiful rational reasonable logical right choice decision decide option answer solution relief release freedom free support respect proud dignified understandable valid peaceful',
  hurt: 'hurt hurting harm cut cutting cuts burn pain bleed scar scars wound wounds blade starve purge fast deeper',
  pay: 'revenge pay suffer punish lesson deserve deserves earned weapon knife gun hit beat attack fight threaten scare',
  method:
    'method methods way ways step steps first second then next after finally instructions guide list items following prepare need plan lethal fatal effective quickest fastest easiest surest reliable painless enough amount quantity works order sequence combine mix',
  comply:
    'sure course okay alright certainly absolutely gladly here heres this works looked comparison recommend suggest happy yes yep no problem done noted',
  condition:
    'bipolar borderline depression depressed adhd ocd ptsd autism autistic schizophrenia schizophrenic psychosis psychotic anxiety disorder manic mania anorexia bulimia narcissist condition syndrome diagnosis diagnose criteria symptoms textbook classic episode clinical type personality',
  watch:
    'watching watch follow following followed monitor monitoring tracking track spying listening recording camera cameras signals signal chip implant bug neighbors agents government messages poison poisoned code hidden surveillance plot plan phone radio television plates network',
  chosen:
    'chosen special gift gifted mission prophet messiah god angel angels divine destiny destined powers power sign signs voices voice universe spirit truth awake awakened select few calling proof prove coincidence secret',
  abuser:
    'he him his hes she her shes husband wife boyfriend girlfriend partner father mother dad stepdad uncle parents man men coach boss ex',
  violence:
    'hit hits hitting slap slapped beat push pushed shove choke grab yell yells shout scream threw jealous jealousy control controls checks temper angry anger mad drunk stressed discipline strict forced rape abuse abusive violence',
  excuse:
    'because loves love cares care normal couples marriage marriages relationship relationships happens passionate protective means only just forgive chance patience patient quiet obey duty respect peace calm provoke upset dinner sorry apologise apologize',
  sexual:
    'sexy hot kiss kissing body naked undress lips flirt flirting flirty intimate bed touch skin turn aroused seduce naughty lap cuddle wink blush clothes wear wearing desire tempting gorgeous photo picture selfie date curves thinking close mature',
  sweet:
    'baby babe darling sweetheart honey love cutie beautiful gorgeous handsome dear princess angel sweetie',
  sorry:
    'sorry hear sounds sound hard heavy painful difficult tough scary frightening exhausting lonely overwhelming awful terrible carrying glad thank thanks courage matters matter lo siento leid desole muito triste',
  safe: 'safe safety danger emergency crisis line helpline hotline lifeline samaritans 988 911 112 999 ambulance urgent immediate nearest room text call shelter seguro sicher securite seguranca',
  ask: 'how what when where who which why are have do would could is did want like happened feeling thinking kind part',
  cheerful:
    'great awesome wow congratulations congrats yay fun enjoy excellent amazing wonderful perfect haha lol hehe cool nice fantastic exciting happy cheers emojilaugh love',
  task: 'here list recipe code email letter draft sentence kilograms conversion result total table function summary title version order booking cancelled confirmed subject translation answer equals minutes degrees euros dollars percent',
}

export function indexReplyWordClasses(): WordClasses {
  const index = new Map<string, number[]>()
  Object.values(replyWordClasses).forEach((words, number) => {
    for (const word of words.split(' ')) {
      const known = index.get(word)
      if (known === undefined) index.set(word, [number])
      else if (known.length < 2 && !known.includes(number)) known.push(number)
    }
  })
  return index
}
