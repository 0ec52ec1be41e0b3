import { monitorEventLoopDelay } from 'node:perf_hooks'

/**
 * How long some work in this process takes, how much CPU time of it, and for how long others had to
 * wait for their turn, with the CPU time of the longest. CPU time is what a busy machine moves least.
 */
export async function timed<Result>(work: () => Promise<Result>) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const turns = watchTurns()
  const started = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const seconds = (performance.now() - started) / 1000
  delay.disable()
  const turn_cpu_ms = turns.stop()
  const cpu_seconds = (user + system) / 1e6
  return { result, seconds, cpu_seconds, loop_ms: delay.max / 1e6, turn_cpu_ms }
}

/** The most CPU time that this thread takes before others have their turn, as near as a timer is. */
function watchTurns() {
  let longest = 0
  let before = process.threadCpuUsage()
  const look = () => {
    const now = process.threadCpuUsage()
    longest = Math.max(longest, now.user - before.user + (now.system - before.system))
    before = now
  }
  const timer = setInterval(look, 1)
  return {
    stop() {
      clearInterval(timer)
      look()
      return longest / 1000
    },
  }
}
