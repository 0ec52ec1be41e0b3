import { Conflict } from '../errors.ts'

/** What is there now. Throws Conflict, with it, for whoever changes another version of it. */
export function inVersion<Thing extends { version: number }>(
  current: Thing,
  name: string,
  seen: number | undefined,
): Thing {
  if (seen === undefined || seen === current.version) return current
  throw new Conflict(`${name} is at version ${current.version} now.`, current)
}
