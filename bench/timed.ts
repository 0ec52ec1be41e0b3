import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How long some work in this process takes, how much CPU time of it, and for how long others had to
 * wait for their turn. The CPU time is what a busy machine moves least.
 */
export async function timed<Result>(work: () => Promise<Result>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const started = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - started) / 1000
  delay.disable()
  return { result, seconds, cpu_seconds: (user + system) / 1e6, loop_ms: delay.max / 1e6 }
}
