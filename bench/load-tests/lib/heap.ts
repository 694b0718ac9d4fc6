import { once } from 'node:events'
import { z } from 'zod'

const Usage = z.object({ usedSize: z.number(), backingStorageSize: z.number() })
const Messages = z.tuple([z.object({ data: z.string() })])
const Answer = z.object({ id: z.number(), result: z.unknown() })

/**
 * What a Node process has in use after a full collection, in bytes, array buffers included: asked of its inspector (Chrome
 * DevTools protocol) at `url`. Resident memory goes up and down by as much as the collector leaves lying about.
 */
export async function heapInUse(url: string): Promise<number> {
  const socket = new WebSocket(url)
  try {
    await once(socket, 'open')
    const ask = async (id: number, method: string) => {
      socket.send(JSON.stringify({ id, method }))
      for (;;) {
        const [event] = Messages.parse(await once(socket, 'message'))
        const answer = Answer.safeParse(JSON.parse(event.data))
        if (answer.success && answer.data.id === id) return answer.data.result
      }
    }
    await ask(1, 'HeapProfiler.collectGarbage')
    const { usedSize, backingStorageSize } = Usage.parse(await ask(2, 'Runtime.getHeapUsage'))
    return usedSize + backingStorageSize
  } finally {
    socket.close()
  }
}
