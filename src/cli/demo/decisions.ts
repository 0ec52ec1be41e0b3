import type { TenantKind } from '../../tenants/kinds.ts'
import type { EntryInput } from '../../preferences/entry.ts'

/** The provider of the demonstration, and those of its people who decide something. */
export const provider = { name: 'Harbour Managed IT', kind: 'msp' } satisfies {
  name: string
  kind: TenantKind
}

export const technicians = {
  priya: { name: 'Priya Raman', email: 'priya@harbour-it.example' },
  tomasz: { name: 'Tomasz Zieliński', email: 'tomasz@harbour-it.example' },
  grace: { name: 'Grace Okafor', email: 'grace@harbour-it.example' },
}

export const ROOT = 'All tenants'

/** What is done at a tenant, named by its path below "All tenants". */
type Deed = { at: string } & (
  | { key: string; set: EntryInput }
  | { block: true }
  | { deactivate: true }
  | { exempt: string; from: string; ticket: string; until: Until }
)

/** When an exemption ends: some days after it was granted, on the coming Friday, or never. */
export type Until = { days: number } | 'friday' | null

export type Decision = { days_ago: number; by: keyof typeof technicians; reason: string } & Deed

const plain = (value: unknown): EntryInput => ({ value, lock: null })
const fixed = (value: unknown): EntryInput => ({ value, lock: 'fixed' })

/** What was decided, in the order in which it was. */
export const decisions: Decision[] = [
  {
    days_ago: 88,
    by: 'priya',
    reason: 'House rules for everybody',
    at: ROOT,
    key: 'maintenance.time_zone',
    set: plain('Europe/London'),
  },
  {
    days_ago: 88,
    by: 'priya',
    reason: 'A technician never connects unasked',
    at: ROOT,
    key: 'agent.remote_control_consent',
    set: fixed(true),
  },
  {
    days_ago: 87,
    by: 'priya',
    reason: 'Agents must report at least every quarter of an hour',
    at: ROOT,
    key: 'agent.check_in_interval_seconds',
    set: { value: 300, lock: { min: 60, max: 900 } },
  },
  {
    days_ago: 87,
    by: 'priya',
    reason: 'Nothing is forced without the user or the need',
    at: ROOT,
    key: 'maintenance.reboot_preference',
    set: { value: 'if_necessary', lock: { allowed: ['if_necessary', 'prompt', 'suppress'] } },
  },
  {
    days_ago: 80,
    by: 'grace',
    reason: 'Change freeze at the end of the year',
    at: ROOT,
    key: 'maintenance.freeze_periods',
    set: { add: ['2026-12-21/2027-01-03'], remove: [], lock: null },
  },
  {
    days_ago: 76,
    by: 'tomasz',
    reason: 'German plant time',
    at: 'Müller Maschinenbau GmbH',
    key: 'maintenance.time_zone',
    set: plain('Europe/Berlin'),
  },
  {
    days_ago: 76,
    by: 'tomasz',
    reason: 'Three shifts: work begins at six',
    at: 'Müller Maschinenbau GmbH',
    key: 'maintenance.business_hours_start',
    set: plain('06:00'),
  },
  {
    days_ago: 75,
    by: 'tomasz',
    reason: 'A restart stops the presses',
    at: 'Müller Maschinenbau GmbH/Werk Bielefeld/Fertigung',
    key: 'maintenance.reboot_preference',
    set: plain('prompt'),
  },
  {
    days_ago: 75,
    by: 'tomasz',
    reason: 'Saturday is a working day in production',
    at: 'Müller Maschinenbau GmbH/Werk Bielefeld/Fertigung',
    key: 'maintenance.business_days',
    set: { add: ['sat'], remove: [], lock: null },
  },
  {
    days_ago: 70,
    by: 'grace',
    reason: 'Patient data: every session is recorded',
    at: 'Nordlicht Kliniken',
    key: 'agent.remote_control_recording',
    set: fixed(true),
  },
  {
    days_ago: 70,
    by: 'grace',
    reason: 'Medical devices are certified for one version',
    at: 'Nordlicht Kliniken/Klinikum Kiel/Radiologie',
    key: 'maintenance.install_os_updates',
    set: plain(false),
  },
  {
    days_ago: 70,
    by: 'grace',
    reason: 'Two technicians for anything that reaches a ward',
    at: 'Nordlicht Kliniken',
    key: 'deployment.approval_threshold',
    set: { value: 3, lock: { min: 0, max: 5 } },
  },
  {
    days_ago: 64,
    by: 'priya',
    reason: 'Their own IT department decides from here down',
    at: 'Maple & Main Credit Union',
    block: true,
  },
  {
    days_ago: 64,
    by: 'priya',
    reason: 'Ontario time',
    at: 'Maple & Main Credit Union',
    key: 'maintenance.time_zone',
    set: plain('America/Toronto'),
  },
  {
    days_ago: 60,
    by: 'grace',
    reason: 'The examiner wants updates within two days',
    at: 'Maple & Main Credit Union',
    key: 'deployment.update_ring',
    set: fixed('early'),
  },
  {
    days_ago: 52,
    by: 'tomasz',
    reason: 'Lending software lags behind a release',
    at: 'Maple & Main Credit Union/Kingston/Lending',
    exempt: 'deployment.update_ring',
    from: 'Maple & Main Credit Union',
    ticket: 'HMI-4127',
    until: { days: 21 },
  },
  {
    days_ago: 45,
    by: 'priya',
    reason: 'Tokyo time',
    at: '株式会社さくら印刷',
    key: 'maintenance.time_zone',
    set: plain('Asia/Tokyo'),
  },
  {
    days_ago: 41,
    by: 'grace',
    reason: 'Term dates',
    at: 'Cornerstone Charter Schools',
    key: 'maintenance.freeze_periods',
    set: { add: ['2027-05-17/2027-05-28'], remove: [], lock: null },
  },
  {
    days_ago: 40,
    by: 'grace',
    reason: 'Pupils share computers',
    at: 'Cornerstone Charter Schools',
    key: 'people.user_affinity',
    set: plain(false),
  },
  {
    days_ago: 33,
    by: 'tomasz',
    reason: 'Boats keep summer hours in the workshop',
    at: 'Penhaligon Boatyard',
    key: 'maintenance.business_hours_end',
    set: plain('20:00'),
  },
  {
    days_ago: 26,
    by: 'priya',
    reason: 'Back to what we ship, after the trial',
    at: 'Lindqvist & Partners',
    key: 'deployment.concurrency',
    set: { reset: true, lock: null },
  },
  {
    days_ago: 19,
    by: 'tomasz',
    reason: 'Laptops at sea are rarely online',
    at: 'Highland Ferry Services',
    key: 'maintenance.offline_behaviour',
    set: plain('apply_on_connect'),
  },
  {
    days_ago: 12,
    by: 'grace',
    reason: 'Contract ended; kept for the records',
    at: 'Blue Heron Dental Group',
    deactivate: true,
  },
  {
    days_ago: 4,
    by: 'tomasz',
    reason: 'Unattended kiosks: nobody is there to agree',
    at: 'Greenwich Maritime Trust/Visitor services',
    exempt: 'agent.remote_control_consent',
    from: ROOT,
    ticket: 'HMI-4391',
    until: 'friday',
  },
  {
    days_ago: 4,
    by: 'tomasz',
    reason: 'Unattended kiosks: nobody is there to agree',
    at: 'Greenwich Maritime Trust/Visitor services',
    key: 'agent.remote_control_consent',
    set: plain(false),
  },
  {
    days_ago: 1,
    by: 'priya',
    reason: 'Try new versions on ourselves first',
    at: provider.name,
    key: 'deployment.update_ring',
    set: plain('pilot'),
  },
]
