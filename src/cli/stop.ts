import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Lifecycle } from '../web/health.ts'

/** How long open connections have for learning that the server stops. */
const NOTICE_MS = 250
/** How long requests under way have for their end. */
const DRAIN_MS = 8000

/**
 * Waits for SIGTERM or SIGINT, then stops the application: it says that it is not ready, ends each
 * kept connection with the answer to its next request, stops accepting, and waits for the requests
 * under way. A second signal ends the process at once.
 */
export async function stopOnSignal(app: FastifyInstance, lifecycle: Lifecycle) {
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  app.log.info({ signal }, 'stopping')
  lifecycle.stopping = true
  await wait(NOTICE_MS)
  const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  await app.close()
  clearTimeout(late)
}
