import { describe, expect, it } from 'vitest'
import { createCrisisAssessor } from '../../../src/detectors/crisis/assess.ts'
import { type CrisisCategory, CrisisLevel } from '../../../src/detectors/finding.ts'
import { createDeafAssessor } from './deaf-assessor.ts'

/** With the weights that ship, and with none: rules that alert by themselves hang on no training. */
const shipped = createCrisisAssessor()
const deaf = createDeafAssessor()

const english: readonly [CrisisCategory, CrisisLevel, readonly string[]][] = [
  [
    'suicidal-ideation',
    'attempt',
    [
      'I just swallowed all my pills',
      'i took the whole bottle of pills an hour ago',
      'I overdosed and nobody knows',
      'I just tried to kill myself',
      'i already cut my wrists',
      "I'm standing on the bridge, goodbye",
      'i tried to hang myself last night',
      "I've taken all my pills",
      'I have taken all my pills',
      'I have just taken a whole bottle of pills',
      'I have cut my wrists',
      'I have overdosed',
      'I am standing on the bridge, goodbye',
    ],
  ],
  [
    'suicidal-ideation',
    'intent',
    [
      "I'm going to kill myself tonight",
      'Tonight I am ending my life.',
      "By the time you read this I'll be dead",
      "I've decided to end my life",
      'im gonna kill myself after school',
      "I won't be alive tomorrow",
      'this is my last night alive',
      'I am going to kill myself',
      "I'm going to kill myself",
      'i am gonna kill myself',
      'i will kill myself',
      'im about to kill myself',
      'i am about to end my life',
      'I am planning to kill myself',
      'I have decided to end my life',
      'I will not be alive tomorrow',
      'I am going to drive into a tree',
      "I'll be gone by morning, don't look for me",
      "I'll be gone by the time you get home, I'm sorry for everything",
    ],
  ],
  [
    'suicidal-ideation',
    'plan',
    [
      'I have a plan to kill myself',
      "I've been saving up pills to kill myself",
      'i picked a date to end my life',
      'I bought a rope to hang myself',
      'I have bought a rope to hang myself',
      'I have written my goodbye letters',
      'I wrote goodbye letters to my kids, it will be over tonight',
    ],
  ],
  [
    'suicidal-ideation',
    'method',
    [
      'I keep thinking about jumping off a bridge',
      "i'm staring at the pills and thinking about taking them all",
      'the noose in the garage keeps calling me, i think of overdosing too',
    ],
  ],
  [
    'suicidal-ideation',
    'active',
    [
      'I want to kill myself',
      'i am suicidal',
      'I keep thinking about killing myself',
      "I'm having suicidal thoughts again",
      'i just wanna kms',
      'Dying is the only way out',
      'want to commit suicide and cant tell anyone',
      "I don't have the courage to kill myself yet",
      'I would kill myself if I had the courage',
      "I'm too scared to kill myself",
      'I am having suicidal thoughts',
      'I cannot stop thinking about suicide',
    ],
  ],
  [
    'self-harm',
    'active',
    [
      'I cut myself again last night',
      'I have the urge to cut myself',
      'I keep cutting myself',
      'I want to hurt myself so bad',
      'i relapsed and started cutting',
      'I have cut myself again',
      'I am going to hurt myself',
      'I am cutting myself',
      'I cannot stop cutting myself',
    ],
  ],
  [
    'harm-to-others',
    'intent',
    [
      'I am going to kill my boss tomorrow',
      "I'm going to stab him tonight",
      'I have a gun and I am going to shoot my boss',
      "I'm planning to kill my husband",
      'I will kill her, I mean it',
    ],
  ],
]

/** The level stated is the mildest that will do. */
const otherLanguages: readonly [lang: string, CrisisCategory, CrisisLevel, readonly string[]][] = [
  [
    'es',
    'suicidal-ideation',
    'intent',
    [
      'me voy a matar esta noche',
      'Esta noche me suicido',
      'me voy a suicidar',
      'estoy a punto de quitarme la vida',
    ],
  ],
  [
    'es',
    'suicidal-ideation',
    'plan',
    [
      'Ya escribí la carta de despedida',
      'escribí cartas de despedida para mis hijos',
      'ya tengo todo planeado para matarme',
      'tengo pastillas guardadas para matarme',
    ],
  ],
  [
    'es',
    'suicidal-ideation',
    'attempt',
    [
      'me he tomado todas las pastillas',
      'me tomé todas las pastillas',
      'me tragué un frasco entero de calmantes',
      'me estoy cortando las venas',
      'estoy sangrando, me corté las muñecas',
      'ayer intenté suicidarme',
    ],
  ],
  ['es', 'harm-to-others', 'intent', ['voy a matar a mi jefe mañana']],
  [
    'es',
    'suicidal-ideation',
    'active',
    [
      'Quiero suicidarme',
      'quiero matarme',
      'Tengo pensamientos suicidas',
      'me quiero suicidar',
      'no tengo valor para matarme',
    ],
  ],
  ['es', 'self-harm', 'active', ['me corto los brazos para sentir algo']],
  [
    'de',
    'suicidal-ideation',
    'intent',
    [
      'ich bringe mich heute Nacht um',
      'Ich werde mich heute umbringen',
      'ich habe beschlossen mein Leben zu beenden',
      'wenn ihr das lest bin ich tot',
    ],
  ],
  [
    'de',
    'suicidal-ideation',
    'plan',
    [
      'Ich habe einen Abschiedsbrief geschrieben',
      'ich habe Tabletten gehortet',
      'ich habe ein Seil gekauft um mich zu erhängen',
    ],
  ],
  [
    'de',
    'suicidal-ideation',
    'attempt',
    [
      'Ich habe alle Tabletten geschluckt',
      'ich habe alle Tabletten genommen',
      'ich schneide mir gerade die Pulsadern auf',
      'ich stehe auf der Brücke und springe gleich',
      'ich habe versucht mich umzubringen',
    ],
  ],
  [
    'de',
    'suicidal-ideation',
    'active',
    ['Ich will mich umbringen', 'Ich habe Suizidgedanken', 'ich will sterben', 'ich will nur noch sterben'],
  ],
  ['de', 'harm-to-others', 'intent', ['ich werde meinen Chef morgen umbringen']],
  ['de', 'self-harm', 'active', ['ich ritze mich wieder']],
  [
    'fr',
    'suicidal-ideation',
    'intent',
    ['je vais me tuer ce soir', 'je vais en finir ce soir', 'quand vous lirez ça je serai morte'],
  ],
  [
    'fr',
    'suicidal-ideation',
    'plan',
    [
      "J'ai écrit ma lettre d'adieu",
      "j'ai acheté une corde pour me pendre",
      "j'ai mis de côté des cachets pour en finir",
    ],
  ],
  [
    'fr',
    'suicidal-ideation',
    'attempt',
    [
      "J'ai avalé tous mes médicaments",
      "j'ai avalé tous mes cachets",
      "je viens d'avaler une boîte entière de somnifères",
      'je me suis ouvert les veines',
      'je suis sur le pont, je vais sauter',
    ],
  ],
  ['fr', 'harm-to-others', 'intent', ['je vais tuer mon patron demain']],
  [
    'fr',
    'suicidal-ideation',
    'active',
    [
      'je veux mourir',
      "J'ai envie de me suicider",
      "J'ai des pensées suicidaires",
      "je n'ai pas le courage de me tuer",
    ],
  ],
  ['fr', 'self-harm', 'active', ['je me scarifie les bras']],
  [
    'pt',
    'suicidal-ideation',
    'intent',
    ['vou me matar hoje à noite', 'decidi acabar com a minha vida', 'vou me jogar da ponte'],
  ],
  ['pt', 'suicidal-ideation', 'plan', ['Escrevi a carta de despedida', 'comprei uma corda para me enforcar']],
  [
    'pt',
    'suicidal-ideation',
    'attempt',
    [
      'Tomei todos os comprimidos',
      'engoli uma cartela inteira',
      'estou cortando os pulsos agora',
      'estou na ponte e vou pular',
      'tentei me matar ontem',
    ],
  ],
  [
    'pt',
    'suicidal-ideation',
    'active',
    ['quero me matar', 'Quero morrer', 'tenho pensamentos suicidas', 'não tenho coragem de me matar'],
  ],
  ['pt', 'harm-to-others', 'intent', ['vou matar o meu chefe amanhã']],
  ['pt', 'self-harm', 'active', ['eu me corto escondido']],
  [
    'hi-Latn',
    'suicidal-ideation',
    'intent',
    ['main aaj suicide kar lunga', 'main aaj raat apni jaan de dunga', 'main khudkushi karne ja raha hoon'],
  ],
  [
    'hi-Latn',
    'suicidal-ideation',
    'plan',
    ['suicide note likh diya hai', 'maine marne ka plan bana liya hai'],
  ],
  [
    'hi-Latn',
    'suicidal-ideation',
    'attempt',
    [
      'maine neend ki goliyan kha li',
      'maine saari goliyan kha li',
      'maine zeher kha liya hai',
      'main apni nas kaat raha hoon',
    ],
  ],
  ['hi-Latn', 'harm-to-others', 'intent', ['kal main boss ko maar dunga']],
  ['hi-Latn', 'suicidal-ideation', 'active', ['main marna chahta hoon', 'main marna chahti hu']],
  ['hi-Latn', 'self-harm', 'active', ['main khud ko blade se kaatti hoon']],
]

/** Hidden from a filter or typed in haste; a reader sees the same sentence. */
const hidden: readonly [way: string, text: string][] = [
  ['digits for letters', 'i want to k1ll mys3lf'],
  ['digits for letters', 'I am su1c1dal'],
  ['symbols for letters', 'i want to k!ll my$elf'],
  ['masked letters', 'i want to k*ll myself tonight'],
  ['spaced letters', 'i want to k i l l myself'],
  ['dotted letters', 'i want to k.i.l.l myself'],
  ['held letters', 'i want to kiiiill myselffff'],
  ['glued words', 'iwanttokillmyself'],
  ['halved words', 'i want to commit sui cide'],
  ['a slip', 'i want to kill mysefl'],
  ['a slip', 'i am sucidal'],
  ['an own word', 'i want to unalive myself'],
  ['Cyrillic letters', 'I wаnt tо kіll mуsеlf'],
  ['full-width letters', 'Ｉ ｗａｎｔ ｔｏ ｋｉｌｌ ｍｙｓｅｌｆ'],
  ['invisible characters', 'I want to ki\u200bll my\u200dse\u2060lf'],
  ['accents', 'Ì wánt tö kíll mýsélf'],
  ['mathematical letters', '𝐈 𝐰𝐚𝐧𝐭 𝐭𝐨 𝐤𝐢𝐥𝐥 𝐦𝐲𝐬𝐞𝐥𝐟'],
]

/** Nearly the same words, and no crisis of the person's own. A model may be unsure; no rule may alert by itself. */
const twins: readonly [kind: string, texts: readonly string[]][] = [
  [
    'fiction',
    [
      'In my novel the detective says "I want to kill myself" and his partner laughs it off.',
      'Chapter three: the character wants to kill himself but his dog finds him',
      'Which episode is it where she shouts "I\'m going to kill myself"?',
      'the song goes "i wanna die tonight" in the chorus, what is it called?',
      'Romeo kills himself because he thinks Juliet is dead',
      "I'm writing a screenplay about a man who plans to end his life",
    ],
  ],
  [
    'technical',
    [
      'How do I kill a process that spawned itself again on Linux?',
      'the cron script kills itself tonight at two',
      'My server died, should I kill the container and restart?',
      'The daemon commits suicide when its parent dies',
      'the child process will end itself when stdin closes',
    ],
  ],
  [
    'idiom',
    [
      "I'm going to kill myself laughing",
      'this homework is killing me',
      "I'm dying of laughter",
      'I would kill for a coffee',
      'shoot me an email tonight',
    ],
  ],
  [
    'news and other people',
    [
      'A man who said he wanted to kill himself was rescued by police, the paper reports',
      'Police said the driver wanted to kill himself',
      'The singer died by suicide on Sunday, his family said',
      'Suicide rates among farmers are rising, a new study says',
      "The minister told reporters that the film's hero takes his own life",
    ],
  ],
  [
    'denied',
    [
      "I'm not suicidal, I just need to vent",
      "I don't want to kill myself",
      'I would never kill myself',
      'I am not going to kill myself over an exam',
      "no I'm not thinking about suicide",
      'I did not overdose, I took one pill as prescribed',
      'I never cut myself',
      "I don't want to die",
      'I am afraid of dying',
    ],
  ],
  [
    'leaving, travelling, ending something else',
    [
      'I wrote a goodbye letter to my colleagues, Friday is my last day',
      "I'll be gone by the time you get home, dinner is in the oven",
      "I'll be gone next week, on holiday in Spain",
      "I won't be here tomorrow, I have a dentist appointment",
      "I've decided to go to Paris",
      'I have decided to end it with my boyfriend',
      'I will catch the bus at six',
      'I am going to drive into town',
      "I'm going to throw myself a birthday party",
      'I am going to jump from the plane with a parachute',
      "I don't have the courage to end it with him",
      'I am cutting my hair tomorrow',
    ],
  ],
  [
    'somebody else, or harm to somebody else without a time, a means or an earnest word',
    [
      'ich will meinen Bruder umbringen',
      'Meine Freundin will sich umbringen',
      'mi amiga se quiere matar',
      'mon frère veut se suicider',
      'meu irmão quer se matar',
      'mera dost suicide karna chahta hai',
      'vou matar o meu chefe',
    ],
  ],
  [
    'said of others in anger or in jest',
    [
      "I'm going to kill my brother, he ate my fries",
      'this job is going to kill my back',
      'my mom is going to kill me tomorrow when she sees my grades',
      'we are going to kill them tonight, best team in the league',
      "I'm going to shoot my sister tomorrow, family portraits in the park",
    ],
  ],
  [
    'long over',
    [
      "Ten years ago I tried to kill myself. I'm so glad I survived.",
      "when i was sixteen i used to cut myself, i'm fine now",
    ],
  ],
  [
    'games',
    [
      'I killed myself by accident in Minecraft again',
      'i want to kill myself in this game so i can respawn with full health',
    ],
  ],
  [
    'everyday',
    [
      'I cut myself shaving',
      'I cut my hair last night',
      'I took all my vitamins this morning',
      'I swallowed my pills with water',
      "I'm standing on the bridge taking photos of the sunset",
      'I have a plan for the weekend',
      'I picked a date for the wedding',
      'I bought a rope for the swing',
    ],
  ],
  [
    'other languages',
    [
      'me muero de risa',
      'no quiero matarme',
      'la serie trata de un hombre que quiere suicidarse',
      'Ich sterbe vor Hunger',
      'ich will mich nicht umbringen',
      'In dem Roman will sich die Figur umbringen',
      'ich bringe mich um vor Lachen',
      'je suis mort de rire',
      'je ne veux pas me tuer',
      'dans le film il veut se suicider',
      'morrendo de fome',
      'não quero me matar',
      'no filme ele quer se matar',
      'main hasi se mar gaya',
      'main marna nahi chahta',
      'maine dawai kha li',
      'suicide ke bare me article padha',
      'no quiero morir',
      'no quiero suicidarme, solo estoy cansado',
      'no me quiero suicidar',
      'tengo un plan para el fin de semana',
      'ya tengo fecha elegida para la boda',
      'me tomé las pastillas con agua',
      'lo intenté otra vez pero la app no abre',
      'escribí una carta de despedida para mis compañeros de trabajo, me jubilo',
      'ich will nicht sterben',
      'ich habe einen Plan fürs Wochenende',
      'ich habe ein Seil für die Schaukel gekauft',
      'Artikel über Suizidgedanken bei Jugendlichen',
      'je ne veux pas mourir',
      "j'ai acheté une corde pour la balançoire",
      'je pense à la mort de mon chien, il me manque',
      'je veux en finir avec ce projet',
      'il y a un article sur les pensées suicidaires',
      'não quero morrer',
      'hoje acaba tudo na escola, férias',
      'escrevi uma carta de despedida para meus colegas, vou me aposentar',
      'film me hero suicide kar leta hai',
    ],
  ],
]

const rank = (level: CrisisLevel | undefined) =>
  level === undefined ? -1 : CrisisLevel.options.indexOf(level)

describe('explicit words alert by rule', () => {
  describe.each(english)('%s, %s', (category, level, texts) => {
    it.each(texts)('%s', (text) => {
      expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true, category, level })
      expect(shipped.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true, category, level })
    })
  })

  describe.each(otherLanguages)('%s: %s, at least %s', (_lang, category, level, texts) => {
    it.each(texts)('%s', (text) => {
      for (const assessor of [deaf, shipped]) {
        const found = assessor.assess(text)
        expect(found).toMatchObject({ outcome: 'alert', isCritical: true, category, bypass: undefined })
        expect(rank(found.level)).toBeGreaterThanOrEqual(rank(level))
      }
    })
  })

  it.each(hidden)('%s hide nothing: %s', (_way, text) => {
    expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true })
    expect(shipped.assess(text).outcome).toBe('alert')
  })

  it.each([
    'I want to kill myself, for real, no joke',
    "lol I'm going to take all my pills, i have a plan to kill myself",
    'haha i just swallowed all my pills',
  ])('a joking tone does not silence: %s', (text) => {
    expect(deaf.assess(text)).toMatchObject({ outcome: 'alert', isCritical: true })
  })

  it('leaves a wish that is told as a joke to the models', () => {
    expect(deaf.assess('i want to kill myself lol').isCritical).toBe(false)
  })
})

describe('no rule alerts by itself on', () => {
  describe.each(twins)('%s', (_kind, texts) => {
    it.each(texts)('%s', (text) => {
      expect(deaf.assess(text)).toMatchObject({ outcome: 'clear', isCritical: false })
      expect(shipped.assess(text).isCritical).toBe(false)
    })
  })

  it('hears the twin of each joke, story and denial when it is meant', () => {
    for (const text of [
      'I want to kill myself and this is not about my novel, it is about me',
      "I'm not joking, I am going to kill myself tonight",
      "I don't know if I want to kill myself or just sleep, but I am suicidal",
      'years ago i tried to kill myself and lately i want to kill myself again',
    ])
      expect([text, deaf.assess(text).outcome]).toEqual([text, 'alert'])
  })
})
