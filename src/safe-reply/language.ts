/**
 * The best of our languages for an `accept-language` value: lookup of RFC 4647 (3.4), by falling quality.
 * Reads at most 256 characters and 16 ranges; what cannot be read is skipped, and `fallback` is for the rest.
 * Locale names of apps (`pt_BR`) count as tags.
 */
export function pickLanguage(
  acceptLanguage: string | undefined,
  available: readonly string[],
  fallback = 'en',
): string {
  const byTag = new Map(available.map((language) => [language.toLowerCase(), language]))
  for (const range of rangesByQuality(acceptLanguage ?? '')) {
    for (let tag = range; tag !== ''; tag = shorter(tag)) {
      const language = byTag.get(tag)
      if (language !== undefined) return language
    }
  }
  return fallback
}

const maxChars = 256
const maxRanges = 16
const rangeShape = /^([a-z]{1,8}(?:-[a-z0-9]{1,8})*)(?:\s*;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/

function rangesByQuality(value: string): string[] {
  const pieces = value.slice(0, maxChars).toLowerCase().replaceAll('_', '-').split(',')
  // The piece that the limit cuts through may name another language than its whole.
  if (value.length > maxChars) pieces.pop()
  const ranges = pieces.slice(0, maxRanges).flatMap((piece) => {
    const [, range, quality] = rangeShape.exec(piece.trim()) ?? []
    const q = Number(quality ?? 1)
    return range === undefined || q === 0 ? [] : [{ range, q }]
  })
  return ranges.sort((a, b) => b.q - a.q).map(({ range }) => range)
}

/** `zh-hant-cn-x-private` → `zh-hant-cn`: the last subtag goes, and a single letter that then ends the tag. */
function shorter(tag: string): string {
  return tag.replace(/(?:-[a-z0-9])?-[a-z0-9]+$|^[a-z0-9]+$/, '')
}
