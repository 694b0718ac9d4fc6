import { round } from '../figures.ts'

const units = [
  { name: 'ns', ns: 1 },
  { name: 'µs', ns: 1e3 },
  { name: 'ms', ns: 1e6 },
] as const

/** A duration with its spread, in the unit that the duration needs the fewest digits in. */
export function timeText(ns: number, [lowNs, highNs]: readonly [number, number]): string {
  const unit = units.findLast((each) => ns >= each.ns) ?? units[0]
  const inUnit = (value: number) => round(value / unit.ns)
  return `${inUnit(ns)} ${unit.name} (${inUnit(lowNs)} to ${inUnit(highNs)})`
}

/** Bytes as they were counted, or in KB; what is less than one byte in the mean comes from the counting itself. */
export function bytesText(bytes: number): string {
  if (bytes < 1) return 'nothing'
  return bytes < 1024 ? `${Math.round(bytes)} bytes` : `${round(bytes / 1024)} KB`
}
