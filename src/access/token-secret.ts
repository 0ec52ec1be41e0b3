import { crc32 } from 'node:zlib'
import { newSecret } from './secrets.ts'

const MARK = 'tnt_'
const SECRET_CHARACTERS = 43
const CHECKSUM_CHARACTERS = 6
const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/**
 * The secret of a new API token: a mark by which scanners find one that leaked, 256 bits of chance,
 * and a checksum, so that one that was mistyped or cut is told from a real one without a query.
 */
export function newTokenSecret() {
  const secret = MARK + newSecret()
  return secret + checksum(secret)
}

/** Whether a text can be the secret of a token. Those made before there was a checksum have none. */
export function isTokenSecret(text: string) {
  if (!/^tnt_[\w-]+$/.test(text)) return false
  const length = MARK.length + SECRET_CHARACTERS
  if (text.length === length) return true
  return (
    text.length === length + CHECKSUM_CHARACTERS &&
    checksum(text.slice(0, length)) === text.slice(length)
  )
}

/** CRC-32 in base 62. */
function checksum(text: string) {
  let rest = crc32(text)
  let digits = ''
  for (let place = 0; place < CHECKSUM_CHARACTERS; place++) {
    digits = DIGITS[rest % 62]! + digits
    rest = Math.floor(rest / 62)
  }
  return digits
}
