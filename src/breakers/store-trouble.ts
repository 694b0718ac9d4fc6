import { errorFields, type Logger } from '../logger.ts'

/** Counts every failure of one kind and logs where it starts and ends, not four times a second in between. */
export class StoreTrouble {
  readonly #what: string
  readonly #logger: Logger
  #failing = false
  errors = 0

  constructor(what: string, logger: Logger) {
    this.#what = what
    this.#logger = logger
  }

  failed(error: unknown): void {
    this.errors++
    if (this.#failing) return
    this.#failing = true
    this.#logger.error(errorFields(error), `${this.#what}: failing; it is tried again until it works`)
  }

  worked(): void {
    if (!this.#failing) return
    this.#failing = false
    this.#logger.info({ errors: this.errors }, `${this.#what}: works again`)
  }
}
