import type { Asker } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { findPeople, type FoundFilter } from './search.ts'

const ANYBODY = {
  tenant: null,
  alone: false,
  state: 'any',
  source: 'any',
  tag: null,
} satisfies Omit<FoundFilter, 'q' | 'role'>

/**
 * The first people by name, of those whom the asker may see, who have a text in name or address:
 * users before those who are none.
 */
export async function suggestPeople(db: Reads, asker: Asker, q: string, limit: number) {
  const find = (only: Pick<FoundFilter, 'role' | 'users_only'>) =>
    findPeople(db, asker, { ...ANYBODY, ...only, q }, { limit })
  const { rows: users } = await find({ role: 'any', users_only: true })
  if (users.length >= limit) return users
  const { rows: others } = await find({ role: 'none' })
  return [...users, ...others].slice(0, limit)
}
