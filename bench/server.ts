import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Dataset } from './databases.ts'
import type { FloorPage } from './floor.ts'

/** A server in a process of its own. */
export type Server = {
  pid: number
  port: number
  /** From the start of the process to the first answer that says ready, in ms. */
  ready_ms: number
  stop(): Promise<void>
}

const project = fileURLToPath(new URL('../', import.meta.url))
/** What `npm start` gives to Node. */
const startArguments = (
  JSON.parse(readFileSync(join(project, 'package.json'), 'utf8')) as { scripts: { start: string } }
).scripts.start
  .split(' ')
  .slice(1)

const GIVE_UP_MS = 20_000

/** Starts Tenantry on a dataset as its users do, log and all, and waits until it is ready. */
export async function startTenantry({ directory }: Dataset): Promise<Server> {
  const port = await freePort()
  const log = openSync(join(directory, 'server.log'), 'a')
  const started = performance.now()
  const child = spawn(process.execPath, startArguments, {
    cwd: project,
    env: { PATH: process.env.PATH, TENANTRY_DATA: directory, PORT: String(port) },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  await untilReady(child, port, () => readFileSync(join(directory, 'server.log'), 'utf8'))
  const ready_ms = performance.now() - started
  return { pid: child.pid!, port, ready_ms, stop: () => stop(child) }
}

/** A bare server that sends what it is told to, and does nothing else. */
export type Floor = Server & { give(page: FloorPage): Promise<void> }

/** Starts the floor. */
export async function startFloor(): Promise<Floor> {
  const started = performance.now()
  const child = spawn(process.execPath, [join(project, 'bench/floor.ts')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [port] = (await once(child, 'message')) as [number]
  const ready_ms = performance.now() - started
  const give = async (page: FloorPage) => {
    child.send(page)
    await once(child, 'message')
  }
  return { pid: child.pid!, port, ready_ms, give, stop: () => stop(child) }
}

async function untilReady(child: ChildProcess, port: number, readLog: () => string) {
  const giveUp = AbortSignal.timeout(GIVE_UP_MS)
  while (!(await isReady(port))) {
    if (child.exitCode !== null || giveUp.aborted) {
      child.kill('SIGKILL')
      throw new Error(`The server did not get ready:\n${readLog()}`)
    }
    await setTimeout(2)
  }
}

const isReady = (port: number) =>
  fetch(`http://127.0.0.1:${port}/readyz`).then(
    async (response) => (await response.text()) && response.ok,
    () => false,
  )

async function stop(child: ChildProcess) {
  if (child.exitCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

/** A port that nobody listened on a moment ago. */
async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
