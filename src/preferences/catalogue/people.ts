import type { Preference } from '../catalogue.ts'
import { choice, onOff } from './kinds.ts'

const group = 'People'

export const peoplePreferences: readonly Preference[] = [
  {
    key: 'people.user_affinity',
    group,
    label: 'User affinity',
    help: 'Makes the person who signs in most often the primary user of a computer.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'people.directory_sync',
    group,
    label: 'Directory sync',
    help: 'Keeps the people of the tenant as they are in its directory.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'people.access_requests',
    group,
    label: 'Access requests',
    help: 'Lets people of the tenant ask to become users.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'people.access_duration',
    group,
    label: 'Duration of granted access',
    help: 'How long access that was asked for lasts, unless the grant says otherwise.',
    ...choice({
      one_hour: 'One hour',
      one_day: 'One day',
      three_days: 'Three days',
      unlimited: 'Until it is revoked',
    }),
    factory: 'three_days',
  },
]
