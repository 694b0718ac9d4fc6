import fc from 'fast-check'

/** Sizes of the pieces in which a text arrives. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.integer({ min: 1, max: 30 }), {
  minLength: 1,
  maxLength: 40,
})

/** A text cut at the sizes, which begin anew when they run out. */
export function piecesOf(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = []
  let index = 0
  for (let at = 0; at < text.length; ) {
    const size = sizes[index++ % sizes.length] ?? 1
    pieces.push(text.slice(at, at + size))
    at += size
  }
  return pieces
}

export function cutInto(text: string, size: number): string[] {
  return piecesOf(text, [size])
}

/** The way models write: a word with the space before it, marks apart. */
export function wordPieces(text: string): string[] {
  return text.match(/\s*[\p{L}\p{N}'’]+|\s*[^\p{L}\p{N}\s]+|\s+$/gu) ?? [text]
}
