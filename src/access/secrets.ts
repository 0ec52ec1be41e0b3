import { createHash, randomBytes } from 'node:crypto'

/** A secret that only its holder knows: 256 bits of chance, as text. */
export const newSecret = () => randomBytes(32).toString('base64url')

/** What the database keeps of a secret. It has full entropy, so a plain hash is enough. */
export const hashSecret = (secret: string) =>
  createHash('sha256').update(secret).digest('base64url')
