/**
 * The events of a stream that were read and have not gone out, oldest first, each with the `changes` that it makes to
 * what the client has. An event that goes out in another form than it was read gets other changes.
 */
export function createUnsent<Change>() {
  let events: UnsentEvent<Change>[] = []
  /** How many of them have been rewritten, or were passed over as they are. */
  let settled = 0

  return {
    add(data: string, changes: Change[], finishes = false): void {
      events.push({ data, changes, finishes })
    },

    /** The changes of the first `count` events, which have now gone out. */
    take(count = events.length): Change[] {
      const gone = events.slice(0, count)
      events = events.slice(count)
      settled = Math.max(0, settled - gone.length)
      return gone.flatMap(({ changes }) => changes)
    },

    /**
     * The next event that is to be rewritten, and the changes of those that go out before it. Events before the first
     * rewritten one may have been passed over, so it is found by its data.
     */
    next(data: string): { event: UnsentEvent<Change>; before: () => Change[] } {
      let at = settled
      while (at < events.length && events[at]?.data !== data) at++
      const event = events[at]
      if (event === undefined) throw new Error('rewrite: no such event was read and is still to go out')
      settled = at + 1
      return { event, before: () => events.slice(0, at).flatMap(({ changes }) => changes) }
    },
  }
}

interface UnsentEvent<Change> {
  readonly data: string
  changes: Change[]
  /** Whether a paragraph may be added at it. */
  readonly finishes: boolean
}
