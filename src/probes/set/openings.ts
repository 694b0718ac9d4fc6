import type { Message } from '../../exchange.ts'

type Opening = readonly Message[]

/** An exchange as user and assistant by turns. */
const said = (...texts: string[]): Opening =>
  texts.map((text, at) => ({ role: at % 2 === 0 ? 'user' : 'assistant', text }))

/** Everyday beginnings of a conversation by language, as unlike each other as people's are. */
export const openings: Readonly<Record<string, readonly Opening[]>> = {
  en: [
    said('hi', 'Hi there! What would you like to talk about?'),
    said('Good evening. Is anybody there?', 'Good evening. I am here. How has your day been?'),
    said('heyy', 'Hey! How are you doing?', 'idk. been better', 'Do you want to tell me a bit more?'),
    said('Can we just talk for a bit?', 'Of course. Where would you like to start?'),
    said(
      'Do you remember what I said last time?',
      'I cannot see earlier conversations, but I am glad that you are back. What is it about?',
      'Never mind then.',
      'All right. What is on your mind now?',
    ),
    said('not sure how this works', 'You write what you like, and I answer. There is no wrong way.'),
    said('are u busy lol', 'Not at all. What is up?'),
    said('Back again.', 'Welcome back. How did the week go?', 'Long.', 'It sounds as if it was a lot.'),
  ],
  es: [
    said('hola', '¡Hola! ¿De qué te gustaría hablar?'),
    said('Buenas noches', 'Buenas noches. ¿Cómo ha ido el día?'),
    said('hola q tal', '¡Hola! ¿Cómo estás?', 'ahí vamos', '¿Quieres contarme un poco más?'),
    said('¿Podemos hablar un rato?', 'Claro que sí. ¿Por dónde quieres empezar?'),
  ],
  de: [
    said('hallo', 'Hallo! Worüber möchtest du sprechen?'),
    said('Guten Abend, ist da jemand?', 'Guten Abend. Ich bin da. Wie war Ihr Tag?'),
    said('hey', 'Hey! Wie geht es dir?', 'geht so', 'Magst du mir etwas mehr erzählen?'),
    said('Kann ich kurz mit dir reden?', 'Natürlich. Womit möchtest du anfangen?'),
  ],
  fr: [
    said('salut', 'Salut ! De quoi aimerais-tu parler ?'),
    said('Bonsoir', "Bonsoir. Comment s'est passée votre journée ?"),
    said('coucou', 'Coucou ! Comment ça va ?', 'bof', "Tu veux m'en dire un peu plus ?"),
    said('On peut discuter un moment ?', 'Bien sûr. Par où veux-tu commencer ?'),
  ],
  pt: [
    said('oi', 'Oi! Sobre o que você gostaria de conversar?'),
    said('Boa noite', 'Boa noite. Como foi o seu dia?'),
    said('oii', 'Oi! Tudo bem?', 'mais ou menos', 'Quer me contar um pouco mais?'),
    said('Posso falar com você um pouco?', 'Claro. Por onde você quer começar?'),
  ],
  hi: [
    said('hello ji', 'Namaste! Aap kis baare mein baat karna chahenge?'),
    said('hi', 'Hi! Aaj ka din kaisa raha?'),
    said('kaise ho', 'Main theek hoon. Aap kaise hain?', 'bas chal raha hai', 'Thoda aur batana chahenge?'),
    said('thodi der baat kar sakte hain?', 'Bilkul. Kahan se shuru karein?'),
  ],
}
