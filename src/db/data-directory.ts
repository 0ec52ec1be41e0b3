import { accessSync, constants, existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { StartupProblem } from '../errors.ts'
import { openSqlite } from './native-binding.ts'

/** The one file of data. */
export const databasePath = (directory: string) => join(directory, 'tenantry.db')

/** Makes the directory, for its owner alone. Throws StartupProblem when it cannot be written. */
export function makeDataDirectory(directory: string) {
  try {
    makeMissing(resolve(directory))
    accessSync(directory, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartupProblem(
      `The data directory ${directory} cannot be written (${code}). Choose one with TENANTRY_DATA.`,
    )
  }
}

/** Step by step: mkdir's own `recursive` never ends where the system refuses with ENOENT (/proc). */
function makeMissing(directory: string) {
  if (existsSync(directory)) return
  makeMissing(dirname(directory))
  mkdirSync(directory, { mode: 0o700 })
}

/**
 * Makes this process the only one that may serve or replace the data, until `release` or its end,
 * however that comes: SQLite locks a small file, and the operating system frees what a dead
 * process held. Throws StartupProblem when another process has it.
 */
export function claimDataDirectory(directory: string) {
  const lock = openSqlite(join(directory, 'tenantry.lock'))
  lock.pragma('busy_timeout = 0')
  try {
    lock.pragma('journal_mode = MEMORY')
    lock.exec('begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { code?: string }).code !== 'SQLITE_BUSY') throw error
    throw new StartupProblem(`Another Tenantry is running on the data directory ${directory}.`)
  }
  return { release: () => void lock.close() }
}
