import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { getAsset, isSea } from 'node:sea'

const root = new URL('../../', import.meta.url)

/**
 * The text of a file that ships with the program, by its path in the project (`views/…`,
 * `public/…`, `node_modules/…`): from disk, or from the assets of the single binary.
 */
export function readAsset(path: string): string {
  return isSea() ? getAsset(path, 'utf8') : readFileSync(fileURLToPath(new URL(path, root)), 'utf8')
}
