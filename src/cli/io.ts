/** Where text goes; `process.stdout` is one. */
export interface Sink {
  write(text: string): unknown
}

/** Everything a command touches outside itself, so that tests need no child process. */
export interface Io {
  stdout: Sink
  stderr: Sink
  env: NodeJS.ProcessEnv
  /** What is typed or piped in; the process's own when left out. */
  stdin?: NodeJS.ReadableStream
  /** Whether `stdout` is a terminal: colour only there, and only without NO_COLOR. */
  isTTY: boolean
  fetch: typeof fetch
  /** IANA name; the machine's own when left out. */
  timeZone?: string
  /** Resolves when the process is asked to stop; for commands that run until then. */
  untilStopped?: () => Promise<void>
  /** Called when a gateway that was started is about to say that it is ready. */
  onReady?: () => void
}

/** What an exit code means; documented in `--help`. */
export const exit = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  notAcknowledged: 4,
  halted: 10,
  suspended: 11,
} as const

export const exitCodesHelp = `
Exit codes:
  0   done; for status: AI replies are on
  1   failed or refused
  2   wrong usage or wrong configuration
  3   no gateway reachable
  4   done, but not acknowledged: enforced here and not yet durable everywhere
  10  status: AI replies are halted
  11  status: AI replies are suspended`

/** A failure with an exit code of its own; `message` says what happened, `next` what to do about it. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: number
  readonly next: string | undefined
  /** The gateway's own error document, for `--json`. */
  readonly document: unknown
  /** The request went out and what became of it is not known. */
  readonly inDoubt: boolean

  constructor(
    exitCode: number,
    message: string,
    more: { next?: string; document?: unknown; inDoubt?: boolean } = {},
  ) {
    super(message)
    this.exitCode = exitCode
    this.next = more.next
    this.document = more.document
    this.inDoubt = more.inDoubt ?? false
  }
}
