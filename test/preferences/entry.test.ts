import t from 'tap'
import { z } from 'zod'
import { getPreference, type Preference } from '../../src/preferences/catalogue.ts'
import { checkEntry, EntryInput, toDraft } from '../../src/preferences/entry.ts'
import { resolve } from '../../src/preferences/inheritance.ts'
import {
  bcc,
  chainOf,
  change,
  days,
  emails,
  exempt,
  nothing,
  NOW,
  reboot,
  timeout,
  value,
} from './cast.ts'

const start = getPreference('maintenance.business_hours_start')

/** Checks what a client sends for the last node of a chain. */
function check(
  preference: Preference,
  input: unknown,
  chain = chainOf(nothing),
  exempted = [exempt(9, 9)],
) {
  const resolution = resolve(preference, chain, exempted, NOW)
  return checkEntry(preference, toDraft(EntryInput.parse(input)), resolution)
}

t.test('a client sends a value, a reset, or additions and removals', async (t) => {
  t.strictSame(toDraft(EntryInput.parse({ value: 5 })), { form: { value: 5 }, lock: null })
  t.strictSame(toDraft(EntryInput.parse({ reset: true, lock: 'fixed' })), {
    form: { reset: true },
    lock: 'fixed',
  })
  t.strictSame(toDraft(EntryInput.parse({ add: ['a'], remove: [], lock: null })), {
    form: { add: ['a'], remove: [] },
    lock: null,
  })
})

for (const input of [
  {},
  { lock: 'fixed' },
  { value: 5, reset: true },
  { reset: false },
  { add: ['a'] },
  { value: 5, tenant_id: 7 },
  { value: 5, lock: 'loose' },
  { value: 5, lock: { minimum: 1 } },
  { value: 5, lock: { min: {} } },
  null,
]) {
  t.test(`refuses ${JSON.stringify(input)}`, async (t) => {
    t.notOk(EntryInput.safeParse(input).success)
  })
}

t.test('has a JSON Schema', async (t) => {
  t.equal(z.toJSONSchema(EntryInput, { io: 'input' }).anyOf?.length, 3)
})

const accepted: [Preference, unknown][] = [
  [timeout, { value: 5 }],
  [timeout, { value: 5, lock: 'fixed' }],
  [timeout, { value: 5, lock: { min: 5 } }],
  [timeout, { value: 5, lock: { min: 1, max: 5 } }],
  [timeout, { reset: true, lock: 'fixed' }],
  [start, { value: '08:00', lock: { min: '07:00', max: '09:30' } }],
  [reboot, { value: 'prompt', lock: { allowed: ['prompt', 'suppress'] } }],
  [emails, { value: false, lock: 'fixed' }],
  [bcc, { add: ['it@acme.example'], remove: [], lock: 'fixed' }],
  [days, { add: ['sat'], remove: ['mon'] }],
  [days, { reset: true }],
]

for (const [preference, input] of accepted) {
  t.test(`${preference.key} takes ${JSON.stringify(input)}`, async (t) => {
    t.equal(check(preference, input), null)
  })
}

/** What does not fit, and the field that says so. */
const invalid: [Preference, unknown, string][] = [
  [timeout, { value: 0 }, 'value'],
  [timeout, { value: '5' }, 'value'],
  [timeout, { add: [5], remove: [] }, 'add'],
  [timeout, { value: 5, lock: {} }, 'lock.min'],
  [timeout, { value: 5, lock: { min: 0 } }, 'lock.min'],
  [timeout, { value: 5, lock: { max: 'x' } }, 'lock.max'],
  [timeout, { value: 5, lock: { min: 9, max: 3 } }, 'lock.max'],
  [timeout, { value: 5, lock: { min: 6 } }, 'value'],
  [timeout, { value: 5, lock: { allowed: [5] } }, 'lock.allowed'],
  [timeout, { reset: true, lock: { min: 6 } }, 'lock'],
  [reboot, { value: 'never' }, 'value'],
  [reboot, { value: 'prompt', lock: { min: 'force' } }, 'lock.allowed'],
  [reboot, { value: 'prompt', lock: { allowed: [] } }, 'lock.allowed'],
  [reboot, { value: 'prompt', lock: { allowed: ['never'] } }, 'lock.allowed'],
  [reboot, { value: 'prompt', lock: { allowed: ['force'] } }, 'value'],
  [emails, { value: true, lock: { allowed: [true] } }, 'lock'],
  [bcc, { value: ['it@acme.example'] }, 'value'],
  [bcc, { add: ['acme'], remove: [] }, 'add'],
  [bcc, { add: [], remove: ['acme'] }, 'remove'],
  [bcc, { add: ['it@acme.example'], remove: ['it@acme.example'] }, 'remove'],
  [bcc, { add: [], remove: [], lock: { max: 3 } }, 'lock'],
]

for (const [preference, input, field] of invalid) {
  t.test(`${preference.key} refuses ${JSON.stringify(input)} at ${field}`, async (t) => {
    const refusal = check(preference, input)
    t.equal(refusal?.kind, 'invalid')
    t.strictSame(refusal?.kind === 'invalid' && Object.keys(refusal.fields), [field])
  })
}

t.test('rule 5: refuses an entry below a fixed lock, and names the lock', async (t) => {
  const chain = chainOf(nothing, value(5, 'fixed'), nothing)
  const refusal = { kind: 'locked', by: { tenant_id: 2, name: 'MSP' }, message: 'Locked by MSP.' }
  t.strictSame(check(timeout, { value: 5 }, chain), refusal)
  t.strictSame(check(timeout, { reset: true }, chain), refusal)
  t.equal(check(timeout, { value: 6 }, chain, [exempt(3, 2)]), null, 'unless exempted')
})

t.test('rule 5: a lock does not bind its own node', async (t) => {
  t.equal(check(timeout, { value: 6 }, chainOf(nothing, value(5, 'fixed'))), null)
  t.equal(check(timeout, { value: 30 }, chainOf(nothing, value(5, { max: 10 }))), null)
})

t.test('rule 3: refuses a value outside a bound from above', async (t) => {
  const chain = chainOf(value(8, { min: 5, max: 10 }), nothing)
  t.strictSame(check(timeout, { value: 11 }, chain), {
    kind: 'out_of_bounds',
    by: { tenant_id: 1, name: 'All tenants' },
    bounds: { min: 5, max: 10 },
    message: 'Must be from 5 to 10 minutes: bounded by All tenants.',
  })
  t.equal(check(timeout, { reset: true }, chain)?.kind, 'out_of_bounds', 'the factory value too')
  t.equal(check(timeout, { value: 10 }, chain), null)
  t.equal(check(timeout, { value: 11 }, chain, [exempt(2, 1)]), null, 'unless exempted')
})

t.test('rule 5: refuses a list below a fixed lock', async (t) => {
  const chain = chainOf(change(['it@acme.example'], [], 'fixed'), nothing)
  t.equal(check(bcc, { add: [], remove: [] }, chain)?.kind, 'locked')
})
