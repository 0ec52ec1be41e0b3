import type { Configuration } from 'openid-client'
import type { SafeFetch } from '../../web/safe-fetch.ts'
import { type ClientSettings, discover } from './client.ts'

/** What providers say of themselves is believed for so long, and then read anew. */
const FRESH_MS = 10 * 60 * 1000
const MAX_KEPT = 100

export type Connections = {
  /** The connection for these settings; `key` changes whenever they do. Throws ProviderProblem. */
  get(key: string, settings: () => ClientSettings): Promise<Configuration>
  /** One that was made just now, for whoever wants to know whether it works. */
  test(settings: ClientSettings): Promise<Configuration>
}

/** Remembers connections to providers, so that not every sign-in reads again what seldom changes. */
export function keepConnections(fetch: SafeFetch): Connections {
  const kept = new Map<string, { connection: Promise<Configuration>; until: number }>()
  return {
    get(key, settings) {
      const known = kept.get(key)
      if (known && known.until > performance.now()) return known.connection
      if (kept.size >= MAX_KEPT) kept.clear()
      const connection = discover(settings(), fetch)
      kept.set(key, { connection, until: performance.now() + FRESH_MS })
      connection.catch(() => kept.delete(key))
      return connection
    },
    test: (settings) => discover(settings, fetch),
  }
}
