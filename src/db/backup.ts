import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync } from 'node:fs'
import { openSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type Database from 'better-sqlite3'
import { StartupProblem } from '../errors.ts'
import { type AuditHead, keepAuditHead, readAuditHead } from './audit-head.ts'
import { openConnection } from './connection.ts'
import { findFaults } from './faults.ts'
import { refuseNewer } from './migrate.ts'

/**
 * Copies the database to `target`, also while it is being written to. The copy is checked before
 * it takes the name, so what lies under `target` is sound. Its head is kept beside it. Throws
 * StartupProblem when it is not sound.
 */
export async function backUp(path: string, target: string) {
  const unfinished = `${target}.unfinished`
  try {
    // Read first: whatever the log had reached then, the copy must have too.
    const heads = keptHeads(path)
    await copyDatabase(path, unfinished)
    refuseFaulty('The backup', await findFaults(unfinished, heads))
    const head = inFile(unfinished, newestOperation)
    foldLog(unfinished)
    renameDurably(unfinished, target)
    keepAuditHead(target, head)
  } catch (error) {
    removeDatabase(unfinished)
    throw explain(error, target)
  }
}

async function copyDatabase(path: string, copy: string) {
  removeDatabase(copy)
  closeSync(openSync(copy, 'wx', 0o600))
  const source = openConnection(path, { fileMustExist: true })
  try {
    // Copying starts anew at each write of another process, unless it stays at one moment.
    source.exec('begin')
    source.prepare('select count(*) from sqlite_master').get()
    await source.backup(copy)
  } finally {
    source.close()
  }
}

/** Leaves one plain file, which needs no write-ahead log beside it, and is on the disk. */
function foldLog(path: string) {
  inFile(path, (sqlite) => sqlite.pragma('journal_mode = DELETE'))
  sync(path)
}

/**
 * Puts the backup in the place of the database, for which no process may be running on it. What
 * was there is kept in a folder beside it, whose path is returned (null when there was nothing).
 * At no moment is there no database. Throws StartupProblem, and then nothing has changed.
 */
export async function restore(backup: string, path: string, now: string) {
  if (!existsSync(backup)) throw new StartupProblem(`There is no file ${backup}.`)
  const incoming = `${path}.incoming`
  try {
    removeDatabase(incoming)
    // A backup without a log of its own is one file; its name may be read-only, so a copy is opened.
    copyFileSync(backup, incoming)
    refuseFaulty(backup, await findFaults(incoming, keptHeads(backup)))
    const head = inFile(incoming, (sqlite) => {
      refuseNewer(sqlite, incoming)
      return newestOperation(sqlite)
    })
    foldLog(incoming)
    const kept = keepFormer(path, now)
    removeDatabaseLogs(path)
    renameDurably(incoming, path)
    keepAuditHead(path, head)
    return kept
  } catch (error) {
    removeDatabase(incoming)
    throw explain(error, path)
  }
}

/** The head beside a file, if one came with it. */
function keptHeads(path: string) {
  const head = readAuditHead(path)
  return head ? [head] : []
}

function inFile<T>(path: string, use: (sqlite: Database.Database) => T) {
  const sqlite = openConnection(path, { fileMustExist: true })
  try {
    return use(sqlite)
  } finally {
    sqlite.close()
  }
}

function newestOperation(sqlite: Database.Database): AuditHead {
  const head = sqlite.prepare('select id, hash from operation order by id desc limit 1').get()
  return (head as AuditHead | undefined) ?? { id: 0, hash: '' }
}

function keepFormer(path: string, now: string) {
  if (!existsSync(path)) return null
  const folder = join(dirname(path), `before-restore-${now.replace(/[:.]/g, '-')}`)
  mkdirSync(folder, { mode: 0o700 })
  for (const file of [path, `${path}-wal`, `${path}.audit-head`]) {
    if (!existsSync(file)) continue
    copyFileSync(file, join(folder, basename(file)))
    sync(join(folder, basename(file)))
  }
  return folder
}

/** A log that stays would be read into the database that comes: when it cannot go, this throws. */
function removeDatabaseLogs(path: string) {
  for (const log of [`${path}-wal`, `${path}-shm`]) rmSync(log, { force: true })
}

function removeDatabase(path: string) {
  rmSync(path, { force: true })
  rmSync(`${path}-journal`, { force: true })
  removeDatabaseLogs(path)
}

function refuseFaulty(name: string, faults: string[]) {
  if (faults.length > 0) throw new StartupProblem(`${name} is not sound: ${faults[0]}.`)
}

function renameDurably(from: string, to: string) {
  renameSync(from, to)
  // Windows cannot sync a directory, and needs not.
  if (process.platform !== 'win32') sync(dirname(to))
}

function sync(path: string) {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** What the file system refuses is for the operator to mend. */
function explain(error: unknown, path: string) {
  const { code, message } = error as NodeJS.ErrnoException
  if (!code || error instanceof StartupProblem) return error
  return new StartupProblem(`${path} cannot be written: ${message}.`)
}
