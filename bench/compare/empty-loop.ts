/** Does nothing for ten seconds but look at the clock, and says how long it was not let. */
const lastsMs = 10_000
const began = performance.now()
let before = began
let stillMs = 0
let longestMs = 0
while (before < began + lastsMs) {
  const now = performance.now()
  const gapMs = now - before
  // A look takes less than a microsecond; a collection of what it leaves behind less than this.
  if (gapMs > 1) {
    stillMs += gapMs
    longestMs = Math.max(longestMs, gapMs)
  }
  before = now
}
process.stdout.write(
  `ready ${((stillMs / lastsMs) * 100).toFixed(1)} % of the time, ${longestMs.toFixed(1)} ms at the longest\n`,
)
