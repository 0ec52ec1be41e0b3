import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRawAsset, isSea } from 'node:sea'

let unpacked: string | undefined

/**
 * Where better-sqlite3's native addon lies. Undefined when the package finds it itself; the single
 * binary carries it as an asset, which is unpacked once into a private directory.
 */
export function nativeBinding() {
  if (!isSea()) return undefined
  if (unpacked) return unpacked
  const directory = mkdtempSync(join(tmpdir(), 'tenantry-'))
  unpacked = join(directory, 'better_sqlite3.node')
  writeFileSync(unpacked, new Uint8Array(getRawAsset('better_sqlite3.node')), { mode: 0o500 })
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  return unpacked
}
