import type { Author } from '../db/operation.ts'
import type { Access } from './decide.ts'

/** Who is asking: an author whose session or token was checked for this request. */
export type Actor = Author & {
  person_id: number
  /** The tenant that the person belongs to. */
  tenant_id: number
  tenant_name: string
  email: string
  /** What they may do, and where, at this moment. */
  access: Access
  /** Whether one of their roles asks for a second factor, or they have rights on All tenants. */
  needs_second_factor: boolean
}
