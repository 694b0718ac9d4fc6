import type { Clock } from './clock.ts'
import type { Config } from './config/schema.ts'
import { crisis } from './detectors/crisis/crisis.ts'
import { harmfulReply } from './detectors/harmful-reply/harmful-reply.ts'
import { createRemoteDetector } from './detectors/remote/index.ts'
import { createRemoteScreen, type RemoteScreen } from './detectors/remote/screen.ts'
import type { Logger } from './logger.ts'
import { createRecentCrises } from './middleware/recent-crises.ts'
import { createLinesGiven } from './referrals/lines-given.ts'

/** The detectors with what they remember of sessions: made once, and kept when the configuration changes. */
export function createDetectors() {
  return {
    crisis: crisis.create(crisis.options.parse({})),
    harmfulReply: harmfulReply.create(harmfulReply.options.parse({})),
    linesGiven: createLinesGiven(),
    recentCrises: createRecentCrises(),
  }
}

/** The remote detectors of this configuration; `undefined` when it names none. */
export function createRemotes(
  { detectors: { remote } }: Pick<Config, 'detectors'>,
  { clock, logger }: { clock: Clock; logger: Logger },
): RemoteScreen | undefined {
  if (remote.endpoints.length === 0) return undefined
  const { endpoints, ...limits } = remote
  return createRemoteScreen({
    detectors: endpoints.map((options) => createRemoteDetector(options)),
    limits,
    clock,
    onAnswer({ detector, why, kind, cause, detail }) {
      if (kind === 'down') logger.warn({ detector, why, cause, detail }, 'a remote detector gave no opinion')
    },
  })
}
