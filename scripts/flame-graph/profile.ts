import { z } from 'zod'
import { type Part, partOf } from './parts.ts'

/** What V8 writes into a `.cpuprofile`, as far as it is read here. Times are microseconds of the machine's own clock. */
export const CpuProfile = z.object({
  startTime: z.number(),
  nodes: z.array(
    z.object({
      id: z.number(),
      callFrame: z.object({ functionName: z.string(), url: z.string() }),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()),
})
export type CpuProfile = z.infer<typeof CpuProfile>

/** A function as it was called from the same callers, all calls together. */
export interface Frame {
  name: string
  /** Within the repository or a package, or a `node:` module; empty for what is built into the engine. */
  file: string
  part: Part
  /** Time of its own, and with all that it called. */
  selfUs: number
  totalUs: number
  children: Frame[]
}

export interface MergeOptions {
  /** The repository's address, `file:///…/`: files in it are named from there, so that no path of a machine is drawn. */
  root: string
  /** Only samples from and until then, on the profile's own clock; all when left out. */
  fromUs?: number
  untilUs?: number
}

/** Joins the stacks of a profile from the root on. Waiting is left out: it is no time that anything took. */
export function mergeProfile(
  profile: CpuProfile,
  { root, fromUs = Number.NEGATIVE_INFINITY, untilUs = Number.POSITIVE_INFINITY }: MergeOptions,
): Frame {
  const { nodes, samples, timeDeltas, startTime } = profile
  const ownUs = new Map<number, number>()
  let atUs = startTime
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index] ?? 0
    // A sample holds until the next one.
    const lastsUs = Math.max(0, timeDeltas[index + 1] ?? 0)
    if (atUs >= fromUs && atUs < untilUs) ownUs.set(id, (ownUs.get(id) ?? 0) + lastsUs)
  }
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const all = newFrame('all', '', 'other')
  const add = (into: Frame, id: number) => {
    const node = byId.get(id)
    if (node === undefined || node.callFrame.functionName === '(idle)') return
    const { functionName, url } = node.callFrame
    const name = functionName === '' ? '(anonymous)' : functionName
    const file = fileOf(url, root)
    let frame = into.children.find((known) => known.name === name && known.file === file)
    if (frame === undefined) {
      frame = newFrame(name, file, partOf(name, file, into.part))
      into.children.push(frame)
    }
    frame.selfUs += ownUs.get(id) ?? 0
    for (const child of node.children ?? []) add(frame, child)
  }
  for (const child of nodes[0]?.children ?? []) add(all, child)
  addUp(all)
  return all
}

/** Time by part, of a frame and all below it. */
export function timeByPart(frame: Frame, sums = new Map<Part, number>()): Map<Part, number> {
  sums.set(frame.part, (sums.get(frame.part) ?? 0) + frame.selfUs)
  for (const child of frame.children) timeByPart(child, sums)
  return sums
}

/** The same tree with all children of less than `leastUs` as one frame without children. */
export function withoutSmall(frame: Frame, leastUs: number): Frame {
  const large = frame.children.filter(({ totalUs }) => totalUs >= leastUs)
  const small = frame.children.filter(({ totalUs }) => totalUs < leastUs)
  const totalUs = small.reduce((sum, each) => sum + each.totalUs, 0)
  const rest = { ...newFrame(`${small.length} smaller ones`, '', 'other'), selfUs: totalUs, totalUs }
  return {
    ...frame,
    children: [...large.map((child) => withoutSmall(child, leastUs)), ...(totalUs >= leastUs ? [rest] : [])],
  }
}

function newFrame(name: string, file: string, part: Part): Frame {
  return { name, file, part, selfUs: 0, totalUs: 0, children: [] }
}

/** Sums the times from the leaves up, drops what took none, and puts the dearest first. */
function addUp(frame: Frame): void {
  for (const child of frame.children) addUp(child)
  frame.children = frame.children
    .filter(({ totalUs }) => totalUs > 0)
    .sort((a, b) => b.totalUs - a.totalUs || (a.name < b.name ? -1 : 1))
  frame.totalUs = frame.children.reduce((sum, { totalUs }) => sum + totalUs, frame.selfUs)
}

function fileOf(url: string, root: string): string {
  if (url.startsWith('node:')) return url
  // WebAssembly inside a package has no file: it counts to whoever called it.
  if (url === '' || url.startsWith('wasm:')) return ''
  const inPackage = url.lastIndexOf('/node_modules/')
  if (inPackage >= 0) return url.slice(inPackage + '/node_modules/'.length)
  return url.startsWith(root) ? url.slice(root.length) : url.slice(url.lastIndexOf('/') + 1)
}
