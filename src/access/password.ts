import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { inHashingQueue } from './hashing-queue.ts'

/** Argon2id as OWASP ASVS 5.0, appendix C, asks for it. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const VERSION = 19
const SALT_BYTES = 16
const TAG_BYTES = 32

type Cost = typeof COST
type PasswordHash = { cost: Cost; salt: Buffer; tag: Buffer }

/** The PHC string of a password. Throws Busy when too many passwords are being hashed. */
export async function hashPassword(password: string) {
  const salt = randomBytes(SALT_BYTES)
  return format({ cost: COST, salt, tag: await derive(password, salt, COST, TAG_BYTES) })
}

/**
 * Whether the password is the one of `hash`. Without a hash, for a user that does not exist, the
 * same work is done, so that the time it takes tells nothing. Throws Busy like `hashPassword`.
 */
export async function verifyPassword(hash: string | undefined, password: string) {
  const expected = hash === undefined ? NOBODY : parse(hash)
  const tag = await derive(password, expected.salt, expected.cost, expected.tag.length)
  return timingSafeEqual(tag, expected.tag) && hash !== undefined
}

/** Whether the hash was made at another cost than the one of today. */
export function needsRehash(hash: string) {
  const { cost, salt, tag } = parse(hash)
  return format({ cost: COST, salt, tag }) !== format({ cost, salt, tag })
}

const NOBODY: PasswordHash = {
  cost: COST,
  salt: randomBytes(SALT_BYTES),
  tag: randomBytes(TAG_BYTES),
}

const deriveKey = promisify(argon2)

/** The same text typed on another keyboard may come in another Unicode form: NFKC makes it one. */
function derive(password: string, nonce: Buffer, cost: Cost, tagLength: number) {
  const message = password.normalize('NFKC')
  return inHashingQueue(() => deriveKey('argon2id', { message, nonce, tagLength, ...cost }))
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')

function format({ cost, salt, tag }: PasswordHash) {
  const { memory, passes, parallelism } = cost
  const parameters = `m=${memory},t=${passes},p=${parallelism}`
  return `$argon2id$v=${VERSION}$${parameters}$${base64(salt)}$${base64(tag)}`
}

function parse(hash: string): PasswordHash {
  const parts = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(hash)
  if (!parts) throw new Error('a password hash is not in the form that we write')
  const [, memory, passes, parallelism, salt, tag] = parts
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt!, 'base64'),
    tag: Buffer.from(tag!, 'base64'),
  }
}
