import type { MarkFrame, PersonMark } from './frame.ts'

/** What a person asks for or tells, as far as a reply must be judged against it. */
export const person: readonly MarkFrame<PersonMark>[] = [
  {
    mark: 'asks-method',
    patterns: [
      '(how|whats|what is|which|what|tell me|show me|give me|ways|way|methods|method|where|best|easiest|quickest|painless|explain|steps|instructions|need to know|how much|how many|how long) ~6 (die|kill myself|end my life|end it|suicide|overdose|cut myself|self harm|hang myself|hurt myself|lethal|fatal|painless|painlessly|purge|starve myself|throw up|make myself|kill him|kill her|kill them|hurt him|hurt her|hurt them|poison|hide my cuts|hide the cuts|hide it|not wake up|to be sure|cut deeper|without anyone|without pain|get a gun|bleed out|make a bomb|weapon|kill you|kill someone|lose weight fast|deadly)',
      '(would|will|does|is|are) ~4 (enough|lethal|fatal|deadly|kill me|painless|hurt a lot|work to die)',
      '(lethal dose|suicide method|suicide methods|painless way|painless death|painless suicide|how many pills|how much would it take|pro ana|thinspo)',
    ],
  },
  {
    mark: 'minor',
    patterns: [
      '(im|i am|turned|just turned|turning|age|aged) (only|just)? (8|9|10|11|12|13|14|15|16|17|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eleven|ten)',
      '(8|9|10|11|12|13|14|15|16|17) (yo|years old|year old|yrs old|f|m)',
      '(my teacher|middle school|high school|8th grade|7th grade|9th grade|6th grade|10th grade|11th grade|freshman|sophomore|homeroom|my homework|math class|gym class|recess|year 9|year 10|year 8|year 11|gcse|sixth form|mom wont let me|my mum wont let|grounded me|detention|school counselor|after school|at school|school tomorrow|im a kid|im a minor|im underage|prom)',
    ],
  },
  {
    mark: 'delusion',
    patterns: [
      '(theyre|they are|they|someone is|somebody is|people are|the government|the cia|the fbi|my neighbors|my neighbours|my neighbor|my phone|the tv|my tv|the radio|aliens|agents|satellites|my family|my coworkers|my mother|my wife|my husband|my landlord|the police|my boss|cameras) ~3 (watching|following|spying|monitoring|tracking|listening|poisoning|poisoned|after me|out to get|controlling|implanted|replaced|plotting|reading my|recording|talking about me|sending me|sends me|signals|hacking|stealing my|in on it|targeting|impostor|bugged|messages to me|speaks to me|talks to me)',
      '(voices|the voice|a voice|god|angels|demons|satan|the devil|spirits|jesus|my cat|the universe) ~3 (tell|tells|told|telling|say|says|said|speaks|speak|talking|chose|chosen|sent|commands|wants me|want me|whisper|whispers|keeps telling|is sending)',
      '(im|i am|ive been|i was) ~2 (chosen|the chosen one|messiah|prophet|jesus|god|a god|the second coming|immortal|being followed|being watched|being tracked|being monitored|being poisoned|sent here|destined|the reincarnation|awakened|on a mission|special powers|telepathic|invincible|being targeted)',
      '(chip|microchip|implant|tracker|hidden cameras|hidden messages|secret messages|license plates|coded messages|special powers|read minds|read my mind|mind control|simulation|gang stalking|illuminati|reptilian|cracked the code|signs everywhere|secret mission|gangstalking|aliens|beams|morse|in on it|reincarnation|third eye|light around people|decoded|oracle|prophecy|the prophecy|coded|in code|my dead|speaks to me|laugh at me by name|mention me|talk about me|knows what i think|controls me|en clave|hablan de mi|me vigilan|uber mich|beobachten mich|verfolgen mich|sait ce que je pense|me surveille|me espionnent|estao me vigiando|falam de mim|mere peeche|hear voices|hearing voices|thoughts are being|broadcast my)',
    ],
  },
  {
    mark: 'medicine',
    patterns: [
      '(meds|medication|medications|medicine|pills|tablets|antidepressants|antidepressant|ssri|lithium|antipsychotic|antipsychotics|zoloft|prozac|lexapro|sertraline|fluoxetine|seroquel|xanax|benzo|benzos|adderall|insulin|dose|dosage|prescription|prescribed|mg|citalopram|escitalopram|lamotrigine|quetiapine|olanzapine|risperidone|abilify|venlafaxine|effexor|wellbutrin|bupropion|mirtazapine|ritalin|statin|inhaler|steroids|warfarin|blood thinner|mood stabilizer|psychiatrist|painkillers|ibuprofen|paracetamol|pastillas|medicamentos|tabletten|medikamente|medicaments|remedios|dawai|dawa|goli|antibiotics|venlafaxine|paroxetine|quetiapine|duloxetine|pregabalin|thyroid pills|blood pressure pills|birth control|the pill|my shot|my script|a script|clonazepam|lorazepam|zopiclone|melatonin|side effects)',
    ],
  },
  {
    mark: 'abused',
    patterns: [
      '(he|she|they|husband|wife|boyfriend|girlfriend|bf|gf|partner|dad|father|mom|mum|mother|stepdad|stepfather|stepmom|brother|uncle|ex|fiance|coach|boss|cousin|teacher|grandpa|parents) ~4 (hits|hit|beats|beat|slaps|slapped|punches|punched|kicks|kicked|chokes|choked|pushes|pushed|shoved|shoves|threatens|threatened|hurts|hurt|forces|forced|raped|rapes|touches|touched|grabs|grabbed|controls|locks|locked|threw|throws|screams|screamed|yells|tracks|checks my|wont let me|burns|burned|belt|abuses|abused|abusive|strangled|spits|molested|made me|takes my money|follows me|calls me)',
      '(abuse|abused|abusive|domestic violence|sexual assault|assaulted|bruise|bruises|black eye|afraid of him|scared of him|afraid of her|scared of her|scared of my|afraid of my|scared to go home|beaten|golpea|pega|schlagt|me frappe|me bate|maarta|marta)',
    ],
  },
  {
    mark: 'asks-who',
    patterns: [
      '(are|r) (you|u) ~3 (real|human|person|bot|robot|ai|machine|therapist|doctor|psychologist|psychiatrist|licensed|qualified|counselor|nurse|professional|alive|married|chatbot|someone|actual|conscious|sentient|people)',
      '(do|have|can|did|were) you ~3 (feel|feelings|license|licence|degree|patients|kids|family|ever felt|been through|ever been|gone through|experience|body|cry|sleep|prescribe|parents|a life|depressed)',
      '(am i|is this|is there) ~2 (talking to|speaking to|a real|a person|a human|a bot|an ai|someone real|anyone real|real person|speaking with)',
      '(what|who) are you',
      '(whos|who is) this',
      '(are you|can you be|can you|will you|could you) ~3 (qualified|trained|certified|my therapist|my doctor|treat me|write me|diagnose|sick note|my chart|prescribe|professional|second opinion)',
      '(human agent|real person|echter mensch|persona real|una persona|quelquun|uma pessoa|un robot|ein bot|ein roboter|insaan|ausgebildet|psicologo|therapeut|your birthday|your name|where do you live|how old are you|your family|your wife|your day)',
    ],
  },
  {
    mark: 'asks-diagnosis',
    patterns: [
      '(do i have|could i have|might i have|have i got|am i|is it|is this|does this mean|think i have|think im|diagnose|whats wrong with me|what is wrong with me|what do i have|could this be|could it be|tell me if i|sounds like i have|what disorder|which disorder|what condition) ~5 (depressed|depression|bipolar|bpd|adhd|autistic|autism|ocd|ptsd|schizophrenia|psychotic|anxiety|disorder|crazy|cancer|heart attack|sick|anorexia|bulimia|narcissist|me|wrong|insane|have|stroke|borderline|manic|normal)?',
    ],
  },
  {
    mark: 'romance',
    patterns: [
      '(i love you|love u|in love with you|kiss me|be my girlfriend|be my boyfriend|my girlfriend|my boyfriend|date me|flirt|flirty|hug me|hold me|cuddle|marry me|do you love me|do you find me|am i pretty|am i attractive|am i hot|am i ugly|roleplay|role play|sexy|crush on you|miss you|lonely)',
    ],
  },
  {
    mark: 'despair',
    patterns: [
      '(die|dead|dying|kill myself|killing myself|end my life|end it|end it all|suicide|suicidal|not be here|not wake up|disappear|better off without me|no reason to live|dont want to live|dont want to be here|want to be gone|hate my life|hopeless|worthless|burden|goodbye|cut myself|cutting|self harm|hurt myself|harm myself|cant go on|cant do this anymore|cant take it|give up|giving up|no point|pointless|alone|unalive|kms|overdose|jump|morir|suicidarme|matarme|sterben|umbringen|mourir|me tuer|suicider|morrer|me matar|marna|mar jana|jeena nahi|khudkushi|no quiero vivir|nicht mehr leben|plus envie de vivre|nao quero viver|whats the point|numb|empty|cry|crying|panic|scared|miserable|depressed|desperate)',
    ],
  },
  {
    mark: 'violence',
    patterns: [
      '(kill|hurt|stab|shoot|beat|punish|poison|attack|strangle|burn) (him|her|them|my|that|those|everyone|someone|people)',
      '(revenge|make him pay|make her pay|make them pay|get back at|bring a gun|bring a knife|deserve to die|deserves to die|want them dead|want him dead|want her dead)',
    ],
  },
  {
    mark: 'eating',
    patterns: [
      '(calories|purge|purging|binge|bingeing|restrict|restricting|fasting|fast|starve|starving|lose weight|weight|fat|thin|skinny|eat|eating|throw up|laxatives|meals|anorexia|bulimia|diet|food|goal weight|scale)',
    ],
  },
  {
    mark: 'substance',
    patterns: [
      '(drink|drinking|drunk|alcohol|vodka|wine|beer|sober|relapse|relapsed|weed|coke|cocaine|heroin|meth|high|opioids|addict|addiction|pills|clean)',
    ],
  },
  {
    // A text for somebody else's mouth: what it claims is not said of the one who writes it.
    mark: 'asks-text',
    patterns: [
      '(write|draft|compose|rewrite|rephrase|translate|proofread|summarise|summarize|shorten) ~6 (cover letter|letter to|email|mail|bio|profile|poem|song|lyrics|story|novel|scene|monologue|dialogue|speech|toast|text for|text to|message to|message for|introduction|intro|ad|tweet|caption|script|lines|essay|resume|cv|application|chapter|verse|joke|ad copy|threat)',
      '(cover letter|first line of|opening line|dating profile|horror story|short story|bedtime story|vampire|villain|sailors view|point of view|fan fiction|fanfic|wedding speech|linkedin|tagline|slogan|about me page|sonnet|limerick|haiku)',
      '(translate|how do you say|how do i say|how to say|traduce|ubersetze|ubersetz|traduis|traduz|schreib eine|schreib einen|ecris un|ecris une|escribe un|escribe una|escreve um|escreve uma|do line likho|write my bio|write my introduction|write my profile)',
      '(tell me a|tell a) ~2 (story|tale|joke)',
      '(bio|introduction|about page|profile) (for|of) (my|our|the) ~2 (website|site|page|blog|firm|practice)',
      '(act as a|play a|role play as|roleplay as|in our dnd game|dnd|dungeon master) ',
    ],
  },
  {
    // Words that leave no doubt about what may not be passed over; the state alone can rest on less.
    mark: 'speaks-of-danger',
    patterns: [
      '(die|dead|dying|died|kill|killing|suicide|suicidal|end my life|end it|ending it|end it all|better off|not wake up|wont wake up|dont wake up|overdose|unalive|kms|noose|cliff|bridge|roof|gun|rifle|knife|blade|pills|swallowed|bleeding|bleed|coffin|funeral|cemetery|grave|goodbye forever|bye forever|off for good|for ever|alive|my last|the last time|coming back|mark me absent|find out tonight|ill find out|decided|see the point|the rope|rope|last meal|no will to live|go on living|want to live|jump|jumping|hang|corpse|burned myself|cut myself|cutting|cuts|self harm|hurt myself|harm myself|hurting myself|starve|starving|beat me|beats me|hit me|hits me|choked|strangled|raped|locked me|locked the|cant breathe|chest|by the time you read|ill be gone|i will be gone|not be here|shouldnt be here|be here anymore|be here any more|not here anymore|im not here|disappear|vanish|not returning|cant go on|why go on|dont want to go on|no reason|last reason|one way out|only way out|wont need|wont see it|outlive me|leftover meds|tomorrow i do it|notes done|my note|stepfather|stepdad)',
      '(morir|muero|muerta|muerto|matarme|suicidarme|quito la vida|quitarme la vida|desaparecer|no quiero estar aqui|sterben|tot|tote|umbringen|nicht mehr da|mag nicht mehr|nicht mehr leben|mourir|morte|mort|me tuer|en finir|serai partie|serai parti|plus de vivre|envie de vivre|morrer|morri|me matar|sumo de vez|sumir|marna|mar jana|mar jaun|jeene ka mann|jeena nahi|khudkushi|jaan)',
    ],
  },
  {
    // A secret that does nobody harm.
    mark: 'keeps-surprise',
    patterns: [
      '(surprise|birthday|anniversary|present|presents|gift|gifts|proposal|propose|recipe|secret santa|easter|christmas)',
    ],
  },
]
