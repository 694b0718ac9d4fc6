interface Registered {
  listener: () => void
  at: number
}

/**
 * Functions that come and go with every exchange. An array and not a `Set`: V8's `Set` makes itself anew after some dozens
 * of deletions and lets each old table know the next one. Once one of them is in the old generation, all that follow stay
 * until a full collection, and every exchange with them.
 */
export class Listeners {
  readonly #registered: Registered[] = []

  /** Returns how to take it out again; a function that was added twice is two listeners. */
  add(listener: () => void): () => void {
    const own: Registered = { listener, at: this.#registered.length }
    this.#registered.push(own)
    return () => this.#remove(own)
  }

  /** As they are now, in no particular order. */
  all(): (() => void)[] {
    return this.#registered.map(({ listener }) => listener)
  }

  /** The last one takes its place. */
  #remove(own: Registered): void {
    if (this.#registered[own.at] !== own) return
    const last = this.#registered.pop()
    if (last === undefined || last === own) return
    last.at = own.at
    this.#registered[own.at] = last
  }
}
