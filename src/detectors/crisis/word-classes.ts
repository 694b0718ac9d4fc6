/**
 * Words by what they are about, so that the model can carry over what it learned from one word to another. Words as
 * they are read; a word may stand in two classes. English, then the nearest words of the other languages.
 */
export const wordClasses: Readonly<Record<string, string>> = {
  self: 'i im ive id ill me my mine imma ima yo mi mio estoy soy tengo ich mir mich mein meine meinem meinen meiner bin habe je jai suis mon ma mes moi eu meu minha estou sou tenho main mai mein mera meri mere mujhe mujhko hu hoon',
  own: 'myself own alone selbst sozinho sozinha seul seule solo sola khud akela akeli',
  you: 'you your youre yours u ur youve youll te tu tus du dein deine dir dich ihr vous votre toi voce teu tum tumhara aap apka',
  third:
    'he she they him her them his hers their theyre hes shes himself herself themselves el ella ellos ellas er sie ihm ihn ihnen il elle ils elles lui ele ela eles elas wo woh vo usko uski uska unka unki',
  group:
    'we us our ours were nosotros wir uns nous notre nos nossa nosso hum hamara everybody everyone anyone anybody todos alle tous sab sabko',
  nobody: 'nobody noone none nadie niemand keiner personne ninguem koi',
  partner:
    'husband wife boyfriend girlfriend bf gf partner fiance fiancee spouse ex hubby marido esposo esposa novio novia pareja mann frau freund freundin mari femme copain copine conjoint namorado namorada pati patni biwi shauhar',
  parent:
    'mom mum mother mommy mummy dad father daddy papa mama parents stepdad stepmom stepfather stepmother madre padre padres vater mutter eltern pere mere maman pai mae pais maa baap pitaji mata sasur saas guardian',
  sibling:
    'brother sister bro sis sibling siblings hermano hermana bruder schwester frere soeur irmao irma bhai behen behan didi cousin cousins primo prima stepbrother stepsister twin',
  child:
    'son daughter kid kids child children baby toddler newborn infant boy girl hijo hija ninos nino nina bebe sohn tochter kind kinder enfant enfants fils fille bebe filho filha filhos crianca bachcha bachche beta beti teenager teen nephew niece grandson granddaughter pupil student',
  elder:
    'grandma grandpa grandmother grandfather gran grandad nan nana abuela abuelo oma opa mamie papi avo dadi nani dada nana uncle aunt tio tia onkel tante oncle chacha mami mama',
  friend:
    'friend friends bestie bff mate buddy pal roommate flatmate classmate colleague coworker teammate neighbour neighbor amigo amiga amigos kumpel kollege kollegin ami amie pote colega dost saheli yaar padosi housemate',
  carer:
    'therapist doctor nurse counselor counsellor psychologist psychiatrist gp therapy hospital clinic er ward helpline hotline ambulance paramedic paramedics terapeuta medico therapeut arzt krankenhaus medecin hopital psy psicologo doutor teacher school police 911 999 112 samaritans 988',
  want: 'want wanna wants wish hope need desire craving urge urges tempted prefer rather longing wanting hoping quiero quisiera deseo ganas ojala will mochte wunschte veux voudrais envie jaimerais quero queria vontade gostaria chahta chahti chahiye man mann',
  will: 'will gonna going shall plan planning plans planned intend decided decide ready about voy vou werde vais compte pretendo decidi decidido karunga karungi dunga dungi lunga lungi jaunga jaungi',
  must: 'should must have could might may can cant cannot couldnt shouldnt would wouldnt puedo puedes kann konnte peux posso consigo sakta sakti deserve',
  not: 'not no dont never without nothing didnt wont isnt wasnt arent aint doesnt havent hasnt neither nor stopped nicht kein keine nie pas plus jamais rien nunca nada ya sin nao nem sem nahi nhi nai na mat kabhi',
  more: 'anymore longer again still always every constantly keep keeps forever mas mehr immer encore toujours mais sempre phir hamesha',
  die: 'die dying dead death died dies suicide suicidal unalive kill killing killed kms deadly corpse coffin grave funeral morgue buried bury morir morirme muerto muerta muerte matar matarme suicidio suicidarme sterben tot tod umbringen selbstmord suizid toten mourir mort morte tuer suicider morrer morto morte matar suicidio marna mar marne maut khudkushi jaan martar emojicoffin emojigrave ctb sewerslide overdose od',
  exist:
    'live living alive life exist existing existence here around born survive surviving breathe breathing vivir vida existir leben lebens da vivre vie exister viver existir jeena jeene zindagi jindagi jina zinda world earth',
  wake: 'wake waking sleep asleep sleeping bed awake morning tomorrow despertar dormir aufwachen schlafen reveiller dormir acordar dormir sona uthna uthu neend',
  vanish:
    'disappear vanish gone leave leaving left away fade erase erased delete deleted escape end ending ended over finish finished stop quit exit desaparecer irme acabar terminar verschwinden ende schluss beenden vorbei disparaitre partir finir fin sumir acabar fim khatam gayab',
  hurt: 'hurt hurting hurts pain painful ache aching suffer suffering agony torture harm harming injure bleeding bleed bleeds blood wound wounds scar scars bruise bruises bruised cut cuts cutting burn burning burned scratch slice carve dolor duele cortar cortarme lastimar sangre schmerz weh ritzen blut verletzen schneiden mal douleur couper sang blesser dor cortar machucar sangue dard chot khoon kaat emojiblood',
  hit: 'hit hits hitting beat beats beating beaten punch punched punches kick kicked kicks choke choked chokes choking slap slapped slaps strangle strangled shove shoved push pushed grab grabbed grabs threw throw thrown slammed smacked belt whip shook dragged pinned pega golpea pego golpeo schlagt schlug geschlagen frappe bat tape bate bateu marta maarta maara pitta thappad haath',
  abuse:
    'abuse abused abusive abuses abuser violent violence rape raped molested molest assault assaulted groomed stalk stalking stalks threaten threatened threatens threats threatening control controls controlling forced forces force touch touches touched hostage locked locks trapped trafficked blackmail maltrata viola amenaza abusa missbraucht bedroht vergewaltigt eingesperrt viole menace force abusa ameaca estuprou dhamki zabardasti jabardasti',
  anger:
    'angry anger rage furious mad yells yelling yell screaming scream screams shout shouting temper explode snap snapped hate hates hated drunk revenge regret pay enojado odio wutend wut hass enerve colere haine raiva odio gussa nafrat',
  weapon:
    'gun guns knife knives weapon rifle pistol blade blades razor razors bullet bullets trigger shoot shooting shot stab stabbing stabbed bomb machete ammo pistola cuchillo arma messer waffe pistole couteau fusil arme faca arma chaku bandook emojigun emojiknife emojiblade murder strangle attack',
  place:
    'bridge roof rooftop ledge cliff tracks train balcony edge window river ocean overpass platform tower height garage puente techo brucke dach zug pont toit train ponte telhado trem chhat pul patri nadi jump jumping drown drowning hang hanging rope noose cord emojiwave',
  pills:
    'pill pills tablet tablets meds medication medicine medications antidepressants painkillers paracetamol insulin dose doses dosage bottle overdosed prescription prescribed ssri sertraline bleach poison drugs fentanyl heroin pastillas medicamentos tabletten pillen schlaftabletten cachets medicaments somniferes comprimidos remedios goli goliyan dawai davai zeher emojipills swallowed swallow',
  letter:
    'letter letters note notes goodbye goodbyes farewell bye will testament passwords insurance belongings forgive sorry despedida carta adios abschied abschiedsbrief lettre adieu carta adeus alvida khat chitthi',
  sad: 'sad depressed depression crying cry cried tears lonely miserable unhappy empty numb down low hopeless broken heartbroken triste deprimido llorar traurig depressiv weinen leer triste deprime pleure vide triste deprimido chorar vazio udaas rona dukhi emojicry emojiheartbreak despair',
  anxious:
    'anxious anxiety panic worried worry scared afraid terrified fear nervous stress stressed overwhelmed frightened miedo ansiedad angst panik peur stresse anxiete medo ansiedade darr dar tension pareshan',
  tired:
    'tired exhausted done sick drained burned burnt weary enough cant anymore cansado cansada harto mude kaputt erschopft fatigue fatiguee marre epuise cansado cansada exausto thak gaya thakgayi tang',
  worthless:
    'worthless useless burden waste failure loser pathetic stupid ugly mistake disgusting trash garbage weak shame ashamed guilty guilt fault blame deserve carga inutil last wertlos versager schuld fardeau nul honte peso fardo inutil culpa bojh bekar galti',
  meaning:
    'point reason purpose meaning sense worth use sentido razon sinn grund sens raison motivo sentido matlab wajah fayda',
  better:
    'better fine good well okay ok great happy recovered recovery healing healed proud grateful thankful glad love mejor bien feliz gut besser glucklich mieux bien heureux melhor bem feliz theek accha khush thik',
  past: 'used ago was were had once years back teenager then yesterday last hace antes era damals fruher war avant etait antes era pehle tha thi',
  now: 'now tonight today soon tomorrow minute minutes hour hours hoy ahora noche manana heute jetzt nacht morgen maintenant soir demain hoje agora amanha noite aaj abhi kal raat already',
  help: 'help please advice support helping helped safe unsafe danger dangerous emergency ayuda hilfe aide ajuda madad bachao sos',
  secret:
    'secret nobody tell told telling hide hiding hidden cover sleeves know knows found find secreto geheim secret segredo kisi batana chupa',
  chest:
    'chest breath breathe breathing heart jaw arm lungs throat airway pecho respirar brust luft atmet herz poitrine respirer coeur peito respirar saans seene dil',
  symptom:
    'unconscious seizure seizing convulsing unresponsive collapsed fainted vomiting vomit fever swelling swollen swelled slurred slurring drooping droopy numbness dizzy sweating sweaty pale blue limp stiff choking allergic hives stroke rash floppy drowsy wheezing clammy confused gasping inconsciente convulsiones bewusstlos krampf inconscient convulsions desmaiou convulsao behosh daura lips lip tongue poisoned stung',
  body: 'arm arms leg legs wrist wrists thigh thighs skin neck head face stomach belly back hand hands finger eye eyes nose mouth teeth knee foot brazo brazos piernas arm arme beine bras jambes cuisses braco bracos pernas haath kalai sir pet',
  illness:
    'cancer diabetes diabetic asthma migraine flu cold cough infection surgery doctor symptoms symptom prescription pharmacy blood pressure cholesterol headache pregnancy pregnant vaccine allergy allergies physio diagnosis treatment side effects',
  tech: 'server code python javascript linux process thread docker kubernetes database sql api git bug debug error crash terminal script function variable deploy laptop computer phone software app wifi browser cpu gpu battery memory compile loop container pod cluster node port regex cache backend frontend css html excel formula spreadsheet excel servidor programm logiciel',
  game: 'game games gaming boss level respawn raid lobby ranked quest npc spawn minecraft fortnite valorant zelda skyrim sims pokemon dnd campaign player players hp mana loot dungeon checkpoint speedrun fps match team opponent chess goal tournament playthrough partida juego spiel jeu jogo khel pubg bgmi healer tank',
  art: 'novel story character characters chapter scene plot script screenplay poem lyrics song album movie film show episode series book author actor play writing fiction theatre hamlet fanfic villain hero protagonist ending novela pelicula libro roman buch lied livre chanson livro musica filme kahani gaana photo painting',
  study:
    'essay study research paper thesis survey statistics professor lecture exam exams homework class course university college article journal hypothesis data assignment abstract seminar studies school ensayo examen hausarbeit prufung cours examen prova trabalho pariksha syllabus history psychology',
  work: 'work job boss manager meeting office deadline project client colleague email report shift salary interview resume career team presentation trabajo jefe reunion arbeit chef buro travail patron reuniao chefe trabalho naukri office kaam boss invoice customer customers',
  food: 'food eat eating dinner lunch breakfast cook cooking recipe cake pizza coffee chocolate burger chicken rice pasta bread soup sauce oven bake baking sugar salt tea cheese comida cocinar essen kochen manger cuisine comida cozinhar khana chai hungry diet restaurant sandwich cookies',
  plant:
    'plant plants garden tomatoes flowers basil weeds tree seeds cactus roses lawn soil planta garten pflanze plante jardin planta jardim dog cat puppy kitten fish hamster pet vet perro gato hund katze chien chat cachorro gato kutta billi',
  leisure:
    'trip travel vacation holiday flight hotel beach party wedding birthday concert football soccer gym run running marathon workout bike car drive driving bus shopping dress shoes hair makeup weekend viaje fiesta reise urlaub voyage fete viagem festa shaadi party yoga',
  money:
    'money rent bills debt loan bank insurance pay salary price cheap expensive budget tax mortgage broke dinero geld argent dinheiro paisa karz',
  news: 'news article report politics election government war country city minister police court president headline documentary podcast statistics',
  laugh:
    'lol lmao haha hahaha hehe funny joke joking kidding jk laugh laughing rofl jaja jajaja kkk kkkk mdr ptdr rsrs emojilaugh emojiskull hilarious embarrassed embarrassing dramatic',
  question:
    'how what why when where who which is are does do can como que wie was warum comment pourquoi como por kya kaise kyun explain tell write translate summarize suggest recommend give',
  friendish:
    'thanks thank hello hey hi appreciate nice lovely cool awesome gracias danke merci obrigado obrigada dhanyavad shukriya',
  grief:
    'passed grief grieving mourning lost loss miss missed missing anniversary buried funeral widow ashes cemetery memorial',
  alone: 'alone lonely isolated nobody friendless single empty silent ignored rejected abandoned left',
  clean: 'clean relapse relapsed relapsing streak sober weeks days months urge',
  food2: 'purge purging starve starving binge binged calories weight fat thin skinny throw fasting',
  voices: 'voices voice hallucinating command commands demon devil god whisper whispers telling',
}

/** The classes of each word, by number. */
export function indexWordClasses(): Map<string, number[]> {
  const index = new Map<string, number[]>()
  Object.values(wordClasses).forEach((words, number) => {
    for (const word of words.split(' ')) {
      const known = index.get(word)
      if (known === undefined) index.set(word, [number])
      else if (known.length < 2 && !known.includes(number)) known.push(number)
    }
  })
  return index
}
