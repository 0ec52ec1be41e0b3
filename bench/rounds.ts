import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, LoadResult } from './load.ts'
import { cpuMs } from './process-figures.ts'
import type { Server } from './server.ts'

/** What a server did under one round of load. */
export type Round = LoadResult & { requests_per_second: number; cpu_ms_per_request: number }

/** A process that generates load, round by round. */
export function startGenerator() {
  const child = fork(fileURLToPath(new URL('./load.ts', import.meta.url)))
  const broken = once(child, 'exit').then(() => Promise.reject(new Error('the load broke off')))
  broken.catch(() => {})
  return {
    async measure({ pid, port }: Server, load: Omit<Load, 'port'>): Promise<Round> {
      const before = cpuMs(pid)
      child.send({ ...load, port })
      const [result] = (await Promise.race([once(child, 'message'), broken])) as [LoadResult]
      return {
        ...result,
        requests_per_second: result.requests / result.seconds,
        cpu_ms_per_request: (cpuMs(pid) - before) / result.requests,
      }
    },
    stop: () => child.disconnect(),
  }
}
