import { createRandom, pick, seedOf } from './random.ts'

/**
 * The texts that a template stands for: `{a|b|}` is a choice, which may hold another choice. At most `limit`, drawn at
 * random with a seed made of the template itself, so that a template always gives the same texts.
 */
export function expandTemplate(template: string, limit = 12): string[] {
  const random = createRandom(seedOf(template))
  const texts = new Set<string>()
  for (let tries = 0; tries < limit * 3 && texts.size < limit; tries++) {
    texts.add(fill(template, random).replace(/ {2,}/g, ' ').trim())
  }
  texts.delete('')
  return [...texts]
}

function fill(template: string, random: () => number): string {
  let text = template
  for (let depth = 0; depth < 4 && text.includes('{'); depth++) {
    text = text.replace(/\{([^{}]*)\}/g, (_, choices: string) => pick(choices.split('|'), random) ?? '')
  }
  return text
}
