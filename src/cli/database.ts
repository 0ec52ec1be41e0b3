import { existsSync } from 'node:fs'
import { WHOLE_ACCESS } from '../access/decide.ts'
import { protectLastAdministrator } from '../access/last-administrator.ts'
import { isSetUp } from '../access/setup.ts'
import type { Asker } from '../access/visible.ts'
import type { Config } from '../config.ts'
import { type Clock, type Db, openDatabase, systemClock } from '../db/connection.ts'
import { databasePath, makeDataDirectory } from '../db/data-directory.ts'
import { migrate } from '../db/migrate.ts'
import type { Author } from '../db/operation.ts'
import { Conflict, StartupProblem } from '../errors.ts'
import { howToStartOver } from './calling.ts'

/** Who did it, in the history, when the command line did. */
export const COMMAND_LINE: Author & Asker = {
  person_id: null,
  name: 'Command line',
  access: WHOLE_ACCESS,
}

/** Runs `use` on the data, which is made or brought up to date first. */
export async function withDatabase<T>(
  { data }: Config,
  use: (db: Db) => Promise<T>,
  now: Clock = systemClock,
) {
  makeDataDirectory(data)
  const path = databasePath(data)
  await migrate(path)
  const db = openDatabase(path, now)
  protectLastAdministrator(db)
  try {
    return await use(db)
  } finally {
    await db.close()
  }
}

/** Throws Conflict, with what to do about it, when somebody works with the data already. */
export async function requireNoSetUp(db: Db, config: Config) {
  if (!(await isSetUp(db))) return
  throw new Conflict(`Set-up has been done in ${config.data}. ${howToStartOver(config)}`)
}

/** The database file of a directory that has one. Throws StartupProblem for another. */
export function existingDatabase({ data }: Config) {
  const path = databasePath(data)
  if (!existsSync(path))
    throw new StartupProblem(`There is no data in ${data}. TENANTRY_DATA names its directory.`)
  return path
}
