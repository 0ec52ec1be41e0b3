import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { StartupProblem } from '../errors.ts'
import { MASTER_KEY_BYTES } from './sealing.ts'

/** Where the master key may be. */
export type KeyPlaces = {
  /** A directory in which the service manager has put the credential `tenantry-key`. */
  credentials: string | undefined
  /** A file for nobody else's eyes. */
  file: string
  /** The key itself, as text. */
  given: string | undefined
}

/**
 * The master key, where there is one: that of the service manager, else that of the file, else the
 * one of the environment. Says by `warn` what is less safe than it could be. Throws StartupProblem
 * for one that cannot be read, or is no key.
 */
export function findMasterKey(
  { credentials, file, given }: KeyPlaces,
  warn: (message: string) => void,
): Buffer | undefined {
  const credential = credentials && join(credentials, 'tenantry-key')
  if (credential && existsSync(credential)) return readKey(credential)
  if (existsSync(file)) {
    if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0)
      warn(`${file} can be read by other accounts. Its mode should be 0400.`)
    return readKey(file)
  }
  if (given === undefined) return undefined
  warn('The key is in TENANTRY_KEY, where other programs may see it. A file is safer.')
  return parseKey(given, 'TENANTRY_KEY')
}

/**
 * The master key of the file, which is made first where there is none: 32 bytes of chance, for its
 * owner alone to read. Throws StartupProblem when it cannot be written.
 */
export function makeMasterKey(file: string): Buffer {
  try {
    writeFileSync(file, `${randomBytes(MASTER_KEY_BYTES).toString('base64')}\n`, {
      mode: 0o400,
      flag: 'wx',
      flush: true,
    })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    // Another process was faster: then its key is the one.
    if (code !== 'EEXIST')
      throw new StartupProblem(
        `The key ${file} cannot be written (${code}). Name a place for it with TENANTRY_KEY_FILE.`,
      )
  }
  return readKey(file)
}

/** Throws StartupProblem when the key would lie with the data, and so in every copy of it. */
export function refuseKeyWithData({ file }: KeyPlaces, data: string) {
  const folder = dirname(resolve(file))
  const way = relative(real(resolve(data)), real(folder))
  if (way === '' || (!way.startsWith('..') && resolve(way) !== way))
    throw new StartupProblem(
      `The key ${file} would lie in the data directory. Whoever copies that must not have it.`,
    )
}

const real = (path: string) => (existsSync(path) ? realpathSync(path) : path)

function readKey(file: string) {
  try {
    return parseKey(readFileSync(file, 'utf8'), file)
  } catch (error) {
    if (error instanceof StartupProblem) throw error
    const { code } = error as NodeJS.ErrnoException
    throw new StartupProblem(`The key ${file} cannot be read (${code}).`)
  }
}

function parseKey(text: string, where: string) {
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length !== MASTER_KEY_BYTES || !/^[\w+/-]{43}=?$/.test(text.trim()))
    throw new StartupProblem(`${where} holds no key: 32 bytes in base64 are one.`)
  return key
}
