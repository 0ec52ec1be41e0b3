import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** The CPU time that a process has used so far, all of its threads, in ms (steps of 10). */
export function cpuMs(pid: number) {
  // The name of the program, in brackets, may hold spaces; what follows it does not.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ')
  const [user, system] = [Number(fields[11]), Number(fields[12])]
  return ((user + system) * 1000) / TICKS_PER_SECOND
}

/** How much memory of the machine a process holds, in MB. */
export function residentMb(pid: number) {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]
  return (Number(kib) * 1024) / 1e6
}
