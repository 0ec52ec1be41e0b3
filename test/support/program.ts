import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'

/** How the program is run from its source. */
export const SOURCE = [process.execPath, join(import.meta.dirname, '../../src/start.js')]

type Start = {
  /** The data directory. */
  data: string
  environment?: Record<string, string>
  /** What is run; the source when it is not said. */
  program?: string[]
  directory?: string
}

function launch(words: string[], { data, environment, program = SOURCE, directory }: Start) {
  const [command, ...before] = program
  return spawn(command!, [...before, ...words], {
    cwd: directory,
    env: { PATH: process.env.PATH, TENANTRY_DATA: data, PORT: '0', ...environment },
    stdio: 'pipe',
  })
}

/** Runs one command of the program to its end. */
export async function run(words: string[], start: Start & { stdin?: string }) {
  const child = launch(words, start)
  child.stdin.end(start.stdin ?? '')
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code: child.exitCode, stdout, stderr }
}

/** Starts the server as a process of its own, and ends it with the test if it still runs. */
export async function startServer(t: Test, start: Start) {
  const child = launch([], start)
  const ended = once(child, 'exit')
  t.teardown(() => child.kill('SIGKILL') && ended)
  const said: string[] = []
  const log: string[] = []
  createInterface(child.stderr).on('line', (line) => log.push(line))
  const greeting = createInterface(child.stdout)
  greeting.on('line', (line) => said.push(line))
  await Promise.race([
    once(greeting, 'line'),
    ended.then(() => Promise.reject(new Error(`the server ended: ${log.join('\n')}`))),
  ])
  const url = / at (\S+)/.exec(said[0]!)![1]!
  return {
    url,
    pid: child.pid!,
    /** The lines that a person sees. */
    said,
    /** The lines of the log. */
    log,
    /** Sends a signal and waits for the end. */
    async stop(signal: NodeJS.Signals = 'SIGTERM') {
      const since = performance.now()
      child.kill(signal)
      await ended
      return { code: child.exitCode, signal: child.signalCode, ms: performance.now() - since }
    },
  }
}
