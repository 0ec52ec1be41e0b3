import { Invalid } from '../errors.ts'

/** The place after which a list goes on: the sort values and the id of the last row shown. */
export type Cursor = (string | number)[]

/** A cursor as it stands in an address. */
export const encodeCursor = (cursor: Cursor) =>
  Buffer.from(JSON.stringify(cursor)).toString('base64url')

/** Reads a cursor of `length` parts from an address. Throws Invalid when it is not one of ours. */
export function decodeCursor(text: string, length: number): Cursor {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(text, 'base64url').toString())
    if (Array.isArray(cursor) && cursor.length === length && cursor.every(isPart)) return cursor
  } catch {
    // Said below, like every other text that is no cursor.
  }
  throw new Invalid({ cursor: 'This is not a place in the list. Start from its beginning.' })
}

const isPart = (part: unknown): part is string | number =>
  typeof part === 'string' || Number.isFinite(part)
