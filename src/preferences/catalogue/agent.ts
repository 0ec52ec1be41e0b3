import type { Preference } from '../catalogue.ts'
import { onOff, whole } from './kinds.ts'

const group = 'Agent settings'

export const agentPreferences: readonly Preference[] = [
  {
    key: 'agent.check_in_interval_seconds',
    group,
    label: 'Check-in interval',
    help: 'How often an agent reports that its computer is online.',
    ...whole('seconds', 30, 86_400),
    factory: 300,
  },
  {
    key: 'agent.automatic_update',
    group,
    label: 'Automatic agent update',
    help: 'Updates agents as soon as a new version is released.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'agent.stale_after_days',
    group,
    label: 'Stale after',
    help: 'A computer that has not been seen for this long is listed as stale.',
    ...whole('days', 1, 365),
    factory: 30,
  },
  {
    key: 'agent.remote_control',
    group,
    label: 'Remote control',
    help: 'Lets technicians take control of the computers.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'agent.remote_control_recording',
    group,
    label: 'Record remote control',
    help: 'Keeps a recording of every remote control session.',
    ...onOff(),
    factory: false,
  },
  {
    key: 'agent.remote_control_consent',
    group,
    label: 'Ask before remote control',
    help: 'The person at the computer must agree before a technician takes control.',
    ...onOff(),
    factory: true,
  },
  {
    key: 'agent.non_essential_inventory',
    group,
    label: 'Non-essential inventory',
    help: 'Collects inventory that maintenance does not need, such as monitors and printers.',
    ...onOff(),
    factory: true,
  },
]
