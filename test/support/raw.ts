import { Agent, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { Test } from 'tap'

type Answer = { status: number; location: string | undefined; payload: string }

/**
 * Sends requests over a real connection with the path exactly as it is written. (`inject` would
 * tidy it first.)
 */
export async function rawClient(t: Test, app: FastifyInstance) {
  await app.listen({ port: 0 })
  const { port } = app.server.address() as AddressInfo
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  return (method: string, path: string, headers: Record<string, string> = {}) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request({ port, method, path, headers, agent }, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode!,
            location: response.headers.location,
            payload: Buffer.concat(parts).toString(),
          }),
        )
      })
      sent.on('error', reject).end()
    })
}
