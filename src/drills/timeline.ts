/** One step of a drill as it went. */
export interface DrillStep {
  /** What happened, in the words of the plan. */
  event: string
  /** Milliseconds since the drill began. */
  atMs: number
  /** How long it took, and how long it may take, in milliseconds. */
  tookMs: number
  withinMs: number
  ok: boolean
  /** Figures and ids; never message text. */
  detail?: string
}

/** What a drill shows while it runs. */
export interface DrillDisplay {
  waiting(event: string, withinMs: number): void
  step(step: DrillStep): void
}

/** A step that did not come as it should; the drill ends with it. */
export class DrillFailure extends Error {
  override readonly name = 'DrillFailure'
}

export interface Timeline {
  readonly steps: readonly DrillStep[]
  /**
   * Waits until `look` gives a detail, asking it again and again, and notes the step. Throws `DrillFailure` when the time
   * is over; what `look` throws counts as "not yet", and is told when it never came.
   */
  expect<T>(
    event: string,
    withinMs: number,
    look: () => Promise<{ found: T; detail?: string } | undefined>,
  ): Promise<T>
}

const pauseMs = 50

export function createTimeline(display: DrillDisplay): Timeline {
  const startedMs = performance.now()
  const steps: DrillStep[] = []

  function note(step: DrillStep) {
    steps.push(step)
    display.step(step)
  }

  return {
    steps,
    async expect(event, withinMs, look) {
      display.waiting(event, withinMs)
      const beganMs = performance.now()
      let trouble = ''
      for (;;) {
        const result = await look().catch((error: unknown) => {
          trouble = error instanceof Error ? error.message : String(error)
          return undefined
        })
        const nowMs = performance.now()
        const tookMs = Math.round(nowMs - beganMs)
        const atMs = Math.round(nowMs - startedMs)
        if (result !== undefined && tookMs <= withinMs) {
          const { found, detail } = result
          note({ event, atMs, tookMs, withinMs, ok: true, ...(detail === undefined ? {} : { detail }) })
          return found
        }
        if (tookMs > withinMs) {
          const detail = result === undefined ? trouble || 'it did not come' : 'it came too late'
          note({ event, atMs, tookMs, withinMs, ok: false, detail })
          throw new DrillFailure(`${event}: ${detail}`)
        }
        await new Promise((resolve) => setTimeout(resolve, pauseMs))
      }
    },
  }
}
