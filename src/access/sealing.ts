import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** Where a sealed text lies. It opens nowhere else; `row` is whatever tells the row from others. */
export type Place = { table: string; row: number | string; column: string }

/**
 * Seals what the database keeps and the program must be able to read again: the secrets of TOTP,
 * of identity providers, of the mail server. `purpose` names the kind of secret; each has a key of
 * its own.
 */
export type Sealer = {
  seal(purpose: string, place: Place, text: string): string
  /** Throws when the text was sealed with another key, for another place, or was altered. */
  open(purpose: string, place: Place, sealed: string): string
}

export const MASTER_KEY_BYTES = 32

const VERSION = 's1'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const OPTIONS = { authTagLength: TAG_BYTES }

/**
 * A sealer with the master key that `masterKey` returns, which is asked at the first use and then
 * no more: AES-256-GCM with a key per purpose (HKDF-SHA-256), a nonce of chance, the whole tag of
 * 16 bytes, and the place as additional data. Sealed texts begin with a version and the key's id.
 */
export function createSealer(masterKey: () => Buffer): Sealer {
  let keys: ReturnType<typeof deriveKeys> | undefined
  const ready = () => (keys ??= deriveKeys(masterKey()))
  return {
    seal(purpose, place, text) {
      const { id, keyFor } = ready()
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', keyFor(purpose), nonce, OPTIONS)
      cipher.setAAD(describePlace(place))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      const parts = [nonce, body, cipher.getAuthTag()].map((part) => part.toString('base64url'))
      return [VERSION, id, ...parts].join('.')
    },
    open(purpose, place, sealed) {
      const { id, keyFor } = ready()
      const [version, key_id, ...rest] = sealed.split('.')
      if (version !== VERSION || rest.length !== 3) throw new Error('a sealed text is in no form')
      if (key_id !== id)
        throw new Error(`a secret was sealed with the key ${key_id}; the one at hand is ${id}`)
      const [nonce, body, tag] = rest.map((part) => Buffer.from(part, 'base64url')) as [
        Buffer,
        Buffer,
        Buffer,
      ]
      // Without the length, Node would be content with the first four bytes of a tag.
      const decipher = createDecipheriv('aes-256-gcm', keyFor(purpose), nonce, OPTIONS)
      decipher.setAAD(describePlace(place))
      decipher.setAuthTag(tag)
      return decipher.update(body, undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

const describePlace = ({ table, row, column }: Place) =>
  Buffer.from(JSON.stringify([table, row, column]))

function deriveKeys(master_key: Buffer) {
  if (master_key.length !== MASTER_KEY_BYTES) throw new Error('a master key has 32 bytes')
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync('sha256', master_key, '', `tenantry/${purpose}`, MASTER_KEY_BYTES))
  const keys = new Map<string, Buffer>()
  return {
    /** Tells keys apart, and tells nothing of the key. */
    id: createHash('sha256').update(derive('key id')).digest('hex').slice(0, 8),
    keyFor(purpose: string) {
      const key = keys.get(purpose) ?? derive(`seal/${purpose}`)
      keys.set(purpose, key)
      return key
    },
  }
}
