import type { Names } from './names.ts'
import type { Row } from './tables.ts'

const given = { Created: 'Gave', Changed: 'Changed', Deleted: 'Withdrew' }
const denied = {
  Created: 'Denied',
  Changed: 'Changed the denial of',
  Deleted: 'Withdrew the denial of',
}

const isDenial = (row: Row) => row['effect'] === 'deny'

/** What happened to access that is given, or to a denial of it. */
export const assignmentVerbs = (row: Row) => (isDenial(row) ? denied : given)

/** What is given or denied, to follow such a verb. */
export function assigned(row: Row, names: Names) {
  const role = names('role', row['role_id'])
  return isDenial(row) ? (role ?? 'everything') : `access as ${role}`
}

/** The same where no verb says which of the two it is. */
export const assignmentTitle = (row: Row, names: Names) =>
  (isDenial(row) ? 'denial of ' : '') + assigned(row, names)
