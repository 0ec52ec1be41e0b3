import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 2_000_000_000

/** Half of what tests take is waiting for a disk to have written what nobody will read again. */
function isRoomInMemory() {
  if (!existsSync(MEMORY)) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ENOUGH_BYTES
}

/** A folder for the files of this process, gone with it: in memory, where there is room. */
export function scratchFolder() {
  const folder = mkdtempSync(join(isRoomInMemory() ? MEMORY : tmpdir(), 'tenantry-test-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}
