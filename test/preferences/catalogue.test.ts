import t from 'tap'
import { z } from 'zod'
import { NotFound } from '../../src/errors.ts'
import { catalogue, findPreference, getPreference } from '../../src/preferences/catalogue.ts'
import { boundable, formatBounds, formatValue } from '../../src/preferences/value.ts'

t.test('finds a preference by its key', async (t) => {
  t.equal(getPreference('agent.stale_after_days').factory, 30)
  t.equal(findPreference('agent.nonsense'), undefined)
  t.throws(() => getPreference('agent.nonsense'), new NotFound('preference agent.nonsense'))
})

t.test('has some thirty preferences, each with a key of its own', async (t) => {
  t.ok(catalogue.length >= 30)
  t.equal(new Set(catalogue.map(({ key }) => key)).size, catalogue.length)
  t.equal(new Set(catalogue.map(({ label }) => label)).size, catalogue.length)
})

for (const preference of catalogue) {
  t.test(preference.key, async (t) => {
    t.match(preference.key, /^[a-z]+\.[a-z_]+$/)
    t.match(preference.help, /^[A-Z][^.]*\.$/, 'its help is one sentence')
    t.ok(preference.schema.safeParse(preference.factory).success, 'its factory value is valid')
    t.ok(z.toJSONSchema(preference.schema).type, 'it has a JSON Schema')
    t.equal(preference.merge === 'list', preference.item !== undefined)
    t.equal(preference.merge === 'list', preference.control === 'list')
    t.equal(preference.control === 'number', preference.unit !== undefined)
    for (const { value } of preference.options ?? []) {
      t.ok((preference.item ?? preference.schema).safeParse(value).success, `${value} is valid`)
    }
  })
}

const validity: [key: string, valid: unknown[], invalid: unknown[]][] = [
  [
    'maintenance.time_zone',
    ['UTC', 'Asia/Kolkata'],
    ['', 'europe/berlin', 'Berlin', '+01:00', null],
  ],
  ['maintenance.business_hours_start', ['00:00', '23:59'], ['24:00', '8:00', '08:60', 8]],
  ['maintenance.business_days', [[], ['mon', 'sun']], [['monday'], 'mon']],
  [
    'maintenance.freeze_periods',
    [['2026-12-20/2027-01-06', '2026-02-28/2026-02-28']],
    [['2027-01-06/2026-12-20'], ['2026-02-29/2026-03-01'], ['2026-12-20']],
  ],
  ['maintenance.session_email_bcc', [['it@acme.example']], [['acme']]],
  ['maintenance.reboot_preference', ['prompt'], ['never', 1]],
  ['agent.check_in_interval_seconds', [30, 86_400], [29, 86_401, 30.5, '30']],
  ['agent.remote_control', [true, false], ['on', 0, null]],
]

for (const [key, valid, invalid] of validity) {
  t.test(`${key} takes what fits`, async (t) => {
    const { schema } = getPreference(key)
    for (const value of valid) t.ok(schema.safeParse(value).success, JSON.stringify(value))
    for (const value of invalid) t.notOk(schema.safeParse(value).success, JSON.stringify(value))
  })
}

t.test('says values in words', async (t) => {
  const say = (key: string, value: unknown) => formatValue(getPreference(key), value)
  t.equal(say('agent.remote_control', true), 'On')
  t.equal(say('agent.remote_control', false), 'Off')
  t.equal(say('maintenance.reboot_prompt_timeout_minutes', 20), '20 minutes')
  t.equal(say('maintenance.reboot_prompt_timeout_minutes', 1), '1 minute')
  t.equal(say('deployment.retry_count', 1), '1 retry')
  t.equal(say('maintenance.reboot_preference', 'prompt'), 'Prompt the user')
  t.equal(say('maintenance.reboot_preference', 'gone'), 'gone')
  t.equal(say('maintenance.business_days', ['mon', 'tue']), 'Monday, Tuesday')
  t.equal(say('maintenance.freeze_periods', []), 'None')
  t.equal(say('maintenance.time_zone', null), 'null')
})

t.test('says bounds in words', async (t) => {
  const timeout = getPreference('maintenance.reboot_prompt_timeout_minutes')
  t.equal(formatBounds(timeout, { min: 5, max: 20 }), 'from 5 to 20 minutes')
  t.equal(formatBounds(timeout, { min: 5 }), 'at least 5 minutes')
  t.equal(formatBounds(timeout, { max: 20 }), 'at most 20 minutes')
  const reboot = getPreference('maintenance.reboot_preference')
  t.equal(
    formatBounds(reboot, { allowed: ['prompt', 'force'] }),
    'Prompt the user or Always reboot',
  )
})

t.test('rule 5: knows what can be bounded', async (t) => {
  t.equal(boundable(getPreference('agent.stale_after_days')), 'range')
  t.equal(boundable(getPreference('maintenance.business_hours_end')), 'range')
  t.equal(boundable(getPreference('deployment.update_ring')), 'allowed')
  t.equal(boundable(getPreference('maintenance.time_zone')), 'none')
  t.equal(boundable(getPreference('maintenance.business_days')), 'none')
  t.equal(boundable(getPreference('agent.remote_control')), 'none')
})
