import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

// An authenticator in software, as the WebAuthn specification describes one: it makes a key for a
// site and signs challenges with it. What it sends is what a browser would.

type Options = { challenge: string; user?: { id: string } }

type Variation = {
  /** Of the page on which it is used. */
  origin?: string
  rp_id?: string
  /** Whether it asked for a finger or a PIN. */
  verifies?: boolean
  /** What it says of how often it was used; it counts by itself otherwise. */
  counter?: number
}

const PRESENT = 0x01
const VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

export const ORIGIN = 'http://localhost'

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest()
const base64 = (bytes: Buffer) => bytes.toString('base64url')

/** A new authenticator, without any key yet. */
export function createAuthenticator({ counts = true } = {}) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const credential_id = randomBytes(16)
  let user_handle = ''
  let used = 0

  const authData = (
    { rp_id = 'localhost', verifies = true, counter }: Variation,
    more?: Buffer,
  ) => {
    const flags = PRESENT | (verifies ? VERIFIED : 0) | (more ? HAS_CREDENTIAL : 0)
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter ?? (counts ? ++used : 0))
    return Buffer.concat([sha256(rp_id), Buffer.of(flags), count, more ?? Buffer.alloc(0)])
  }
  const clientData = (type: string, { challenge }: Options, { origin = ORIGIN }: Variation) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

  return {
    /** What a browser sends after `navigator.credentials.create`, as JSON. */
    create(options: Options, variation: Variation = {}) {
      user_handle = options.user!.id
      const { x, y } = publicKey.export({ format: 'jwk' })
      const key = cbor(
        new Map<number, unknown>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x!, 'base64url')],
          [-3, Buffer.from(y!, 'base64url')],
        ]),
      )
      const length = Buffer.of(0, credential_id.length)
      const data = authData(
        variation,
        Buffer.concat([Buffer.alloc(16), length, credential_id, key]),
      )
      const attestation = new Map<string, unknown>([
        ['fmt', 'none'],
        ['attStmt', new Map()],
        ['authData', data],
      ])
      return JSON.stringify({
        id: base64(credential_id),
        rawId: base64(credential_id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64(clientData('webauthn.create', options, variation)),
          attestationObject: base64(cbor(attestation)),
          transports: ['internal'],
        },
      })
    },
    /** What a browser sends after `navigator.credentials.get`, as JSON. */
    get(options: Options, variation: Variation = {}) {
      const data = authData(variation)
      const client = clientData('webauthn.get', options, variation)
      return JSON.stringify({
        id: base64(credential_id),
        rawId: base64(credential_id),
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: base64(client),
          authenticatorData: base64(data),
          signature: base64(sign('sha256', Buffer.concat([data, sha256(client)]), privateKey)),
          userHandle: user_handle,
        },
      })
    },
  }
}

/** CBOR (RFC 8949) of what an authenticator sends: whole numbers, text, bytes and maps. */
function cbor(value: unknown): Buffer {
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value)
  if (typeof value === 'string')
    return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  const map = value as Map<unknown, unknown>
  return Buffer.concat([head(5, map.size), ...[...map].flat().map(cbor)])
}

function head(kind: number, size: number) {
  if (size < 24) return Buffer.of((kind << 5) | size)
  if (size < 256) return Buffer.of((kind << 5) | 24, size)
  return Buffer.of((kind << 5) | 25, size >> 8, size & 255)
}
