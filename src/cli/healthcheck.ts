import type { Command } from './command.ts'

/** Asks the server of this machine whether it is ready; for container engines. */
export const healthcheck: Command = {
  name: 'healthcheck',
  summary: 'Asks the server that HOST and PORT name whether it is ready.',
  details: 'Ends with exit code 0 when it is, else with 1.',
  async run(_given, { host, port }) {
    const everywhere = host === '0.0.0.0' || host === '::'
    const name = everywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
    try {
      const answer = await fetch(`http://${name}:${port}/readyz`, {
        signal: AbortSignal.timeout(3000),
      })
      console.log((await answer.text()).trim())
      return answer.ok ? 0 : 1
    } catch {
      console.error(`tenantry: no server answers on port ${port} of ${name}.`)
      return 1
    }
  },
}
