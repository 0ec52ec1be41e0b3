import type { Migration } from 'kysely/migration'
import * as operations from './001-operations.ts'
import * as tenants from './002-tenants.ts'
import * as preferences from './003-preferences.ts'
import * as access from './004-access.ts'
import * as jobs from './005-jobs.ts'
import * as roles from './006-access.ts'
import * as factors from './007-factors.ts'
import * as identityProviders from './008-identity-providers.ts'
import * as people from './009-people.ts'
import * as accessRequests from './010-access-requests.ts'
import * as computers from './011-computers.ts'
import * as history from './012-history.ts'
import * as tags from './013-tags.ts'
import * as computerGroups from './014-computer-groups.ts'
import * as moves from './015-moves.ts'
import * as merging from './016-merging.ts'
import * as lastingIds from './017-lasting-ids.ts'
import * as places from './018-places.ts'
import * as tagNames from './019-tag-names.ts'
import * as schedules from './020-schedules.ts'
import * as sessionLists from './021-session-lists.ts'
import * as maintenance from './022-maintenance.ts'

/** Every migration, in the order in which they are applied. They go forward only. */
export const migrations: Record<string, Migration> = {
  '001-operations': operations,
  '002-tenants': tenants,
  '003-preferences': preferences,
  '004-access': access,
  '005-jobs': jobs,
  '006-access': roles,
  '007-factors': factors,
  '008-identity-providers': identityProviders,
  '009-people': people,
  '010-access-requests': accessRequests,
  '011-computers': computers,
  '012-history': history,
  '013-tags': tags,
  '014-computer-groups': computerGroups,
  '015-moves': moves,
  '016-merging': merging,
  '017-lasting-ids': lastingIds,
  '018-places': places,
  '019-tag-names': tagNames,
  '020-schedules': schedules,
  '021-session-lists': sessionLists,
  '022-maintenance': maintenance,
}
