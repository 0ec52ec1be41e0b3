import Database from 'better-sqlite3'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRawAsset, isSea } from 'node:sea'
import { StartupProblem } from '../errors.ts'

/**
 * A bare SQLite connection, without the settings of ours (for those: `openConnection`). Throws
 * StartupProblem when the single binary cannot load the part of it that is native code.
 */
export function openSqlite(path: string, options: Database.Options = {}) {
  if (!isSea()) return new Database(path, options)
  const nativeBinding = unpackAddon()
  try {
    return new Database(path, { ...options, nativeBinding })
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_DLOPEN_FAILED') throw error
    throw new StartupProblem(
      `Nothing may be run from ${tmpdir()}. Name a directory where that is allowed with TMPDIR.`,
    )
  }
}

let unpacked: string | undefined

/**
 * better-sqlite3's native addon, which the single binary carries as an asset, can be loaded from a
 * file only: one in a directory that no other account may write to.
 */
function unpackAddon() {
  if (unpacked) return unpacked
  try {
    const directory = mkdtempSync(join(tmpdir(), 'tenantry-'))
    process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
    unpacked = join(directory, 'better_sqlite3.node')
    const addon = new Uint8Array(getRawAsset('better_sqlite3.node'))
    writeFileSync(unpacked, addon, { mode: 0o500 })
    return unpacked
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartupProblem(`${tmpdir()} cannot be written (${code}). Name another with TMPDIR.`)
  }
}
