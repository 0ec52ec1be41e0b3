import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'
import type { Lifecycle } from '../web/health.ts'

/** How long the connections that are kept have for learning that the server stops. */
const NOTICE_MS = 2000
/** How long requests have for their end after that. */
const DRAIN_MS = 6000

/**
 * Waits for SIGTERM or SIGINT, then stops the application: it says that it is not ready, ends each
 * kept connection with the answer to its next request, stops accepting, and waits for the requests
 * under way. A second signal ends the process at once.
 */
export async function stopOnSignal(app: FastifyInstance, lifecycle: Lifecycle) {
  const connections = trackConnections(app)
  const signal = await new Promise<string>((resolve) => {
    process.once('SIGTERM', resolve)
    process.once('SIGINT', resolve)
  })
  app.log.info({ signal }, 'stopping')
  lifecycle.stopping = true
  // To close a kept connection at once could meet a request that is on its way through it.
  const closed = Promise.all([...connections].map((connection) => once(connection, 'close')))
  await Promise.race([closed, wait(NOTICE_MS, undefined, { ref: false })])
  const late = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS)
  await app.close()
  clearTimeout(late)
}

function trackConnections(app: FastifyInstance): ReadonlySet<Socket> {
  const connections = new Set<Socket>()
  app.server.on('connection', (connection) => {
    connections.add(connection)
    connection.once('close', () => connections.delete(connection))
  })
  return connections
}
