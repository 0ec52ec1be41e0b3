import type { AddressInfo } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { findMasterKey, makeMasterKey, refuseKeyWithData } from '../access/master-key.ts'
import { createSealer } from '../access/sealing.ts'
import { type SetupLink, createSetupLink } from '../access/setup.ts'
import type { Config } from '../config.ts'
import { checkpoint, openDatabase } from '../db/connection.ts'
import { claimDataDirectory, databasePath, makeDataDirectory } from '../db/data-directory.ts'
import { migrate } from '../db/migrate.ts'
import { StartupProblem } from '../errors.ts'
import { addressOf } from './calling.ts'
import { createMailer } from '../mail/mailer.ts'
import type { Command } from './command.ts'
import { stopOnSignal } from './stop.ts'

/** Runs the server until it is told to stop. */
export const serve: Command = {
  name: 'serve',
  summary: 'Runs the server. This is what happens without a command, too.',
  details:
    'Says where to go, and once, as long as nobody is set up, the link for setting up.\n' +
    'SIGTERM or Ctrl-C stops it: requests under way are answered, the data is tidied.',
  async run(_given, config) {
    // Here, so that no other command loads the whole application: one runs every half minute in Docker.
    const { buildApp } = await import('../app.ts')
    const { schedulerOf } = await import('./scheduling.ts')
    makeDataDirectory(config.data)
    const claim = claimDataDirectory(config.data)
    const sealer = openSealer(config)
    const path = databasePath(config.data)
    await migrate(path)
    const db = openDatabase(path)
    const lifecycle = { stopping: false }
    const setup_link = await createSetupLink(db)
    const mailer = createMailer(config)
    const app = await buildApp(db, { ...config, lifecycle, mailer, sealer, setup_link })
    const scheduling = schedulerOf(app, db)
    const stopped = stopOnSignal(app, lifecycle)
    const address = await listen(app, config)
    scheduling.start()
    greet(config.url ?? address, setup_link)
    await stopped
    checkpoint(db)
    await db.close()
    claim.release()
    return 0
  },
}

/** A key that is there is read now, so that a bad one is known now; a missing one is made when needed. */
function openSealer({ key, data }: Config) {
  refuseKeyWithData(key, data)
  const found = findMasterKey(key, (warning) => console.error(`tenantry: ${warning}`))
  return createSealer(() => found ?? makeMasterKey(key.file))
}

async function listen(app: FastifyInstance, { host, port }: Config) {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` })
  } catch (error) {
    throw explain(error as NodeJS.ErrnoException, host, port)
  }
  return addressOf(host, (app.server.address() as AddressInfo).port)
}

function explain(error: NodeJS.ErrnoException, host: string, port: number) {
  const place = `port ${port} of ${host}`
  if (error.code === 'EADDRINUSE')
    return new StartupProblem(`Another program listens on ${place}. Choose another with PORT.`)
  if (error.code === 'EACCES')
    return new StartupProblem(`This account may not listen on ${place}. Choose another with PORT.`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new StartupProblem(`This machine has no address ${host}. Choose another with HOST.`)
  return error
}

function greet(address: string, setup_link: SetupLink | undefined) {
  const seconds = (performance.now() / 1000).toFixed(2)
  const lines = [`Tenantry is ready at ${address} (after ${seconds} s)`]
  if (setup_link) lines.push(`Set it up, within the next hour, at ${address}${setup_link.path}`)
  console.log(lines.join('\n'))
}
