import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Db } from './connection.ts'

/** The newest operation that is known to exist, and its hash; 0 and '' where there is none yet. */
export type AuditHead = { id: number; hash: string }

const headPath = (database: string) => `${database}.audit-head`

/**
 * Keeps the newest operation's hash in a file beside the database: cutting the tail off the log,
 * or writing the whole log anew, shows by it. It may lag behind by what a crash left unwritten.
 */
export function keepAuditHead(database: string, head: AuditHead) {
  const path = headPath(database)
  // A command beside the running server keeps its head too.
  const unfinished = `${path}.${process.pid}`
  try {
    writeFileSync(unfinished, `${head.id} ${head.hash}\n`, { mode: 0o600 })
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
}

const unkept = new WeakMap<Db, AuditHead>()

/**
 * Keeps the head after an operation was committed. That has happened, so a file that cannot be
 * written does not fail it: `db.onTrouble` hears of it, and `retryAuditHead` makes up for it.
 */
export function noteAuditHead(db: Db, head: AuditHead) {
  unkept.set(db, head)
  const trouble = retryAuditHead(db)
  if (trouble) db.onTrouble(trouble)
}

/** Keeps the head that could not be kept, if there is one. Returns what stands in the way. */
export function retryAuditHead(db: Db): Error | null {
  const head = unkept.get(db)
  if (!head || !db.path) return null
  try {
    keepAuditHead(db.path, head)
    unkept.delete(db)
    return null
  } catch (cause) {
    const { message } = cause as Error
    return new Error(`The head of the audit log cannot be written: ${message}`, { cause })
  }
}

/** The head kept beside the database file, or null when there is none that can be read. */
export const readAuditHead = (database: string) => readHeadFile(headPath(database))

/** What a file kept as the head of a log, or null when it can not be read or is no such file. */
export function readHeadFile(path: string): AuditHead | null {
  try {
    const [, id, hash] = /^(\d+) ([0-9a-f]*)\n$/.exec(readFileSync(path, 'utf8'))!
    return { id: Number(id), hash: hash! }
  } catch {
    return null
  }
}
