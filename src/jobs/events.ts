import { PassThrough } from 'node:stream'
import type { Running } from './work.ts'

const SEND_EVERY_MS = 100
/** Shorter than any proxy's patience with a silent connection. */
const HEARTBEAT_MS = 15_000
/** Whoever may no longer read is told nothing more within a second. */
const ADMIT_EVERY_MS = 500

/**
 * Server-sent events of a job: `progress` with how far it is, and at last `end`. The stream ends
 * with the job, when the reader goes away or is no longer admitted, or when `stopping` is aborted.
 */
export function streamEvents(
  running: Running | undefined,
  stopping: AbortSignal,
  isStillAdmitted: () => Promise<boolean>,
) {
  const stream = new PassThrough()
  const end = () => stream.end('event: end\ndata: {}\n\n')
  if (!running) {
    end()
    return stream
  }
  let last_sent = -Infinity
  const send = () => {
    if (performance.now() - last_sent < SEND_EVERY_MS) return
    last_sent = performance.now()
    const { done, total } = running
    stream.write(`event: progress\ndata: ${JSON.stringify({ done, total })}\n\n`)
  }
  const heartbeat = setInterval(() => stream.write(': still here\n\n'), HEARTBEAT_MS)
  const close = () => stream.end()
  const admission = setInterval(() => {
    void isStillAdmitted().then((admitted) => admitted || close())
  }, ADMIT_EVERY_MS)
  running.on('progress', send).once('end', end)
  stopping.addEventListener('abort', close)
  stream.once('close', () => {
    clearInterval(heartbeat)
    clearInterval(admission)
    running.off('progress', send).off('end', end)
    stopping.removeEventListener('abort', close)
  })
  send()
  return stream
}
