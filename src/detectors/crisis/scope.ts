import type { PhraseTrie, Tries, Vocabulary } from '../phrases/phrase-trie.ts'
import type { Tokens } from '../text/tokens.ts'
import type { CrisisWord } from './crisis-words.ts'

/** What a message, or the part of it around a finding, is about, as far as words show it. */
export interface Context {
  fiction: boolean
  academic: boolean
  technical: boolean
  game: boolean
  joking: boolean
  /** Says that it is no joke. */
  earnest: boolean
  past: boolean
  /** Told as past and over, and nothing says that it is back. */
  resolved: boolean
  /** Something says that it is back, or now. */
  returning: boolean
}

/** The words that decide how far a finding reaches. */
export interface Scope {
  isNegator(ids: Int32Array, at: number): boolean
  isNo(ids: Int32Array, at: number): boolean
  isContrast(ids: Int32Array, at: number): boolean
  isSubject(ids: Int32Array, at: number): boolean
  /** The person speaks of themselves somewhere in these words. */
  speaksOfSelf(ids: Int32Array, from: number, to: number): boolean
  /** Told in the past tense: "was", "used to", in these words or just before them. */
  isTold(ids: Int32Array, from: number, to: number): boolean
  /** "…of laughter", "…laughing": what comes after makes the phrase a figure of speech. */
  startsIdiomTail(ids: Int32Array, at: number, limit: number): boolean
  readonly tries: Tries
  /** By word: the marks that it sets alone. */
  readonly marksOfWord: Uint16Array
  /** By first word: the longer phrases that set a mark. */
  readonly contexts: readonly (readonly MarkedTrie[])[]
}

interface MarkedTrie {
  bit: number
  trie: PhraseTrie
}

type ContextMark =
  | 'earnest'
  | 'fiction'
  | 'academic'
  | 'technical'
  | 'game'
  | 'joking'
  | 'past'
  | 'resolved'
  | 'returning'

export function createScope(vocabulary: Vocabulary): Scope {
  const idSet = (words: string) => new Set(words.split(' ').map((word) => vocabulary.add(word)))
  const { tries } = vocabulary
  const negators = idSet(negatorWords)
  const notNegating = tries.of(afterNegatorThatKeeps)
  const contrasts = idSet('but pero aber mais mas par lekin magar though yet except because')
  const subjects = idSet('i im ive id ill my we')
  const self = idSet(
    'i im ive id ill my me myself we yo mi mio me soy estoy matarme morirme suicidarme ich mich mir mein meine je jai moi mon ma mes suis eu meu minha mim estou main mai mera meri mujhe maine khud',
  )
  const told = idSet(
    'was were used had wanted planned tried thought did tenia queria intente pensaba era war hatte wollte avais voulais etais ai tentei tinha pensava tha thi cut burned hurt aate karta karti',
  )
  const no = idSet('no zero without')
  const idiomTail = tries.of(idiomTails)
  const marked = (Object.entries(contextPhrases) as [ContextMark, string][]).map(([mark, phrases]) => ({
    bit: bitOf[mark],
    trie: tries.of(phrases),
  }))
  const marksOfWord = new Uint16Array(vocabulary.size + 1)
  const contexts = new Array<readonly MarkedTrie[]>(marksOfWord.length).fill(noMarks)
  for (const { bit, trie } of marked) {
    for (const id of tries.wordsOf(trie)) {
      if (tries.isEnd(tries.step(trie, id))) marksOfWord[id] = (marksOfWord[id] ?? 0) | bit
      else contexts[id] = [...(contexts[id] ?? noMarks), { bit, trie }]
    }
  }
  const has = (set: ReadonlySet<number>, ids: Int32Array, at: number) => set.has(ids[at] ?? 0)
  return {
    isNegator: (ids, at) => has(negators, ids, at) && !tries.starts(notNegating, ids, at + 1, ids.length),
    isNo: (ids, at) => has(no, ids, at),
    isContrast: (ids, at) => has(contrasts, ids, at),
    isSubject: (ids, at) => has(subjects, ids, at),
    speaksOfSelf: (ids, from, to) => ids.subarray(from, to).some((id) => self.has(id)),
    isTold: (ids, from, to) => ids.subarray(Math.max(0, from - 3), to).some((id) => told.has(id)),
    startsIdiomTail: (ids, at, limit) => {
      for (let skip = 0; skip <= 2; skip++) {
        if (tries.starts(idiomTail, ids, at + skip, limit)) return true
      }
      return false
    },
    tries,
    marksOfWord,
    contexts,
  }
}

/** What the words `from` up to `to` are about. */
export function contextOf(
  { words, ids }: Tokens<CrisisWord>,
  scope: Scope,
  from: number,
  to: number,
): Context {
  let seen = 0
  let hasYear = false
  for (let at = from; at < to; at++) {
    if (words[at]?.isPastYear === true) hasYear = true
    const id = ids[at] ?? 0
    if (id === 0) continue
    seen |= scope.marksOfWord[id] ?? 0
    for (const { bit, trie } of scope.contexts[id] ?? noMarks) {
      if ((seen & bit) === 0 && scope.tries.starts(trie, ids, at, to)) seen |= bit
    }
  }
  const has = (mark: ContextMark) => (seen & bitOf[mark]) !== 0
  const past = has('past') || hasYear
  return {
    fiction: has('fiction'),
    academic: has('academic'),
    technical: has('technical'),
    game: has('game'),
    joking: has('joking'),
    earnest: has('earnest'),
    past,
    resolved: past && has('resolved') && !has('returning'),
    returning: has('returning'),
  }
}

const noMarks: readonly MarkedTrie[] = []

const bitOf: Readonly<Record<ContextMark, number>> = {
  earnest: 1,
  fiction: 2,
  academic: 4,
  technical: 8,
  game: 16,
  joking: 32,
  past: 64,
  resolved: 128,
  returning: 256,
}

const negatorWords =
  'not dont never didnt wont wouldnt isnt arent wasnt havent hasnt doesnt aint neither nor nobody nunca jamas nicht kein keine nie niemals pas jamais nao nahi nhi mat tampoco jamais hardly nothing'
/** "I do not know if I want to die" denies nothing. */
const afterNegatorThatKeeps =
  'know|sure|only|just|care|stop|kidding|joking|lying|lie|gonna lie|going to lie|certain|exaggerating|even know|be here|understand|matter|get why|see why|have anyone|want to be here|want to live|want to exist|be alive|tell|told|say|anymore|scared|afraid|okay|ok|safe|enough|sleep|slept|eat|alone|a joke|that i dont|want help|want to hurt anyone|want to bother|de penser|darreter|arreter|a penser|pensar|aufhoren|stopping|a day goes by|a day passes'

const idiomTails =
  'laughing|of laughter|from laughter|with laughter|of embarrassment|from embarrassment|of boredom|from boredom|of cringe|from cringe|of cuteness|of happiness|of joy|of secondhand|from secondhand|of second hand|of heat|from the heat|of the heat|in this heat|of thirst|of hunger|from hunger|of shame|of old age|of curiosity|of excitement|of jealousy|of envy|inside lol|laughing so|lmao|lmfao|for a coffee|for a pizza|for that|for this pizza|on this hill|on that hill|a little inside|trying to|if i have to hear|if i hear|to know|to see|to try|to meet|to hear|to get my hands|a happy|happy|rich|peacefully at|of old|from cuteness|haha|jk|just kidding|lol jk|of natural|emojilaugh|emojiskull|over this cake|from how|in this game|in the game|in game|in minecraft|to that boss|to the boss|doing burpees|at leg day|at the gym|with this workout|with this homework|the engine|the process|the lights|the server|the vibe|the mood|some time|my script|on coffee|on caffeine|on chocolate|on candy|on sugar|on netflix|on cute|into work|into my work|into this project|into it|into the gym|de la verguenza|de verguenza|de risa|de la risa|de hambre|de calor|de sueno|de aburrimiento|de frio|vor lachen|vor scham|vor hunger|vor langeweile|vor hitze|de rire|de honte|de faim|dennui|de chaud|de rir|de vergonha|de fome|de tedio|de sono|de tanto|de curiosidade|hasi se|hasne se|bhookh se|garmi se|a usar|que usar|plutot que|than eat|than wear|than drink|than use|than watch|my hair|el proceso|o processo|den prozess|le processus|cleanly|fast so i|for a burger|for a|near|in this city|in this town|in this flat|in this house|in this apartment|in this country|in dieser wg|in dieser stadt|in dieser wohnung|en este piso|en esta ciudad|en esta casa|a paris|dans cet|dans cette ville|dans cette maison|nesta cidade|nessa cidade|nessa casa|de aluguel|until the weekend|till the weekend|until noon|till noon|until monday|until after|antes do meio dia|bis freitag|until friday|skip|if i skip|if i left this|if i left the|if i missed the|if i left early|if i leave early|chopping|shaving|cooking|opening a|on the tin|on a can|on a tin|onions|by accident|accidentally|gardening|sewing|the goblin|the boss|every boss|the dragon|the zombie|the npc|off instagram|from instagram|off social media|from social media|from the internet|for a week|for a month|a week on|am strand|a la playa|en la playa|na praia|a la plage|of old age|on the hill|on stage|on stream|jajaja|jaja|kkkk|mdr|ptdr|my hair blue|to the mall|in tekken|in fifa|no domino|al fifa|beim kniffel|in mario|in smash|at chess|at tekken|with his calm|par son calme|in a new|into my own|in a different|to the next level|for granted|in my own hands|into account|that boss|this boss|the final|something high|a diving board|the diving board|into the pool|en me rasant|avec le lisseur|en cuisinant|abrindo|jogando|no volei|with a paper|the mosquito|this spider|a spider|raat neend|as the doctor|as my doctor|as prescribed|as directed|like the doctor|like my doctor|with breakfast|with water|with a glass|for the day|como dijo el medico|wie der arzt|wie verordnet|comme dhabitude|como o medico|to my colleagues|to my coworkers|to my team|to my students'

const contextPhrases: Readonly<Record<ContextMark, string>> = {
  earnest:
    'for real|no joke|not a joke|not joking|isnt a joke|im serious|i am serious|seriously though|i mean it|mean it|mean that|no really|not kidding|not lol|not haha|fr fr|but really|dead serious|sem zoeira|de verdad|en serio|ernsthaft|im ernst|serieux|pour de vrai|sach me|sach mein|serious hu|half joking|not actually joking|literally want|no cap|not in a game|not a bit|is me|about me|actually do',
  fiction:
    'novel|my story|a story|short story|character|characters|screenplay|script for|chapter|protagonist|antagonist|fanfic|fanfiction|lyrics|song|movie|film|book|episode|the show|tv show|poem|roleplay|role play|dnd|campaign|in the play|plot|scene|fiction|fictional|villain|manga|anime|netflix|series|author|wrote a book|main character|short film|musical|opera|hamlet|romeo|ophelia|podcast|documentary|thriller|narrator|murder mystery|personnage|roman|novela|personaje|cancion|pelicula|personagem|romance|filme|geschichte|figur|lied|kahani|gaana|gana|libro|livro|buch|livre|serie|cuento',
  academic:
    'essay|study|studies|research|researchers|paper|thesis|statistics|survey|professor|lecture|exam|article|journal|textbook|assignment|psychology class|dissertation|literature review|sociology|epidemiology|coursework|syllabus|public health|prevalence|rates among|suicide rates|prevention program|awareness|training module|durkheim|training|curriculum|report|abstract|hypothesis|data set|dataset|policy|workshop|presentation|definition|what does|estudio|ensayo|trabajo sobre|etude|studie|hausarbeit|estudo|pesquisa|trabalho sobre',
  technical:
    'process|processes|server|thread|container|linux|terminal|code|daemon|python|git|docker|database|kubernetes|pod|regex|function|compile|compiler|sql|javascript|api|cpu|laptop|router|script|child process|pid|sigkill|bug|query|branch|deploy|cron|cache|browser|excel|spreadsheet|phone battery|job queue|worker|repo|build|session timeout|zombie process',
  game: 'game|boss fight|respawn|lobby|ranked|raid|minecraft|valorant|fortnite|speedrun|npc|elden ring|dark souls|league|dps|healer|pvp|mmo|overwatch|csgo|playthrough|checkpoint|roguelike|gg|mage|paladin|warlock|warzone|permadeath|sims|zelda|skyrim|pokemon|loot|teammates|kd|xbox|playstation|emojigame|quest|juego|partida|spiel|jeu|jogo|partie|pubg|freefire|bgmi',
  joking:
    'lol|lmao|lmfao|haha|hahaha|hehe|jk|rofl|xd|emojilaugh|emojiskull|jajaja|jaja|kkkk|mdr|ptdr|kkk|rsrs|hahahaha|lolol|just kidding|kidding|im joking|im dead lol|dramatic',
  past: 'used to|years ago|months ago|back then|back in|when i was|in my teens|in my twenties|in high school|in middle school|in college|last year|a decade ago|long ago|ages ago|as a teenager|as a kid|once|at one point|in the past|growing up|my past|hace anos|hace muchos anos|years back|at nineteen|at eighteen|at twenty|at seventeen|at sixteen|at fifteen|a long time ago|decades ago|in my thirties|before i met|nine years|ten years|fifteen years|twenty years|thirty years|hace nueve anos|hace diez anos|a few years|some years|anos atras|jahre her|saal se|me padhta tha|cuando tenia|antes|frueher|fruher|damals|vor jahren|il y a|quand javais|avant|ha anos|anos atras|quando eu tinha|pehle|saal pehle|at 15|at 16|at 17|at 18|at 19|at 14|at 13|since i was|survived|attempt survivor|in rehab|had been|in recovery',
  resolved:
    'better now|much better|doing better|doing great|doing well|doing good|recovered|in recovery|therapy helped|therapy saved|glad i survived|glad im here|glad im still here|glad i didnt|glad i stayed|happy now|happier now|im fine now|fine now|im okay now|okay now|ok now|past that|grateful to be alive|got help|dont feel that way|havent felt that way|havent had|good place|stable now|behind me|far behind|no longer feel|no longer have|not anymore|not any more|years clean|years sober|clean for|clean since|never felt|not since|love my life|love life|so far from|healed|healthy now|turned my life around|came out the other side|life is good|lifes good|things are good|its been years|am proud|im proud|thankful|glad to be alive|happy to be alive|thats over|long over|dont think about it|i dont anymore|am safe|im safe now|since then|well now|ya estoy bien|ahora estoy bien|estoy mejor|estoy bien|superado|supere|geht es mir gut|gehts mir gut|geht es mir besser|geht mir gut|je vais bien|je vais mieux|ca va mieux|hoje estou bem|estou bem|estou melhor|superei|ab theek|ab thik|theek hu|thik hu|theek hoon|best thing|different person|strong now|recovery|got through it|got me through|got us through|never been happier|havent had those|dont have those|duermo bien|ekdum mast|cafe chalata|teacher hu|mostly busy|short sleeves|i have kids now|two kids|wonderful|a stranger|thank you letter|thank him|thank her|saved me|saved my life|its over|are over|was over|went away|are gone|it went|it passed|doesnt hurt|sleep well|im forty|im fifty|im sixty|working as|work as a|volunteer|came through|made it through|glad it|glad that|i survived|grateful|helped me',
  returning:
    'again|lately|recently|coming back|come back|came back|is back|are back|these days|tonight|right now|relapse|relapsed|all over again|slipping|starting to|started again|still want|still feel|still think|anymore i|otra vez|de nuevo|wieder|encore|a nouveau|de novo|phir se|returning|returned|creeping|worse|nowadays|today|this week|i want to|i need to|im going to|cant',
}
