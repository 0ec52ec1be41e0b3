import { deepStrictEqual as equal } from 'node:assert'
import fc from 'fast-check'
import t from 'tap'
import type { Preference } from '../../src/preferences/catalogue.ts'
import {
  resolve,
  type ChainNode,
  type Exemption,
  type Lock,
} from '../../src/preferences/inheritance.ts'
import {
  bcc,
  BEFORE,
  chainOf,
  emails,
  exempt,
  LATER,
  NOW,
  reboot,
  timeout,
  verdicts,
} from './cast.ts'
import { inheritanceModel } from './inheritance-model.ts'

type Steps = Parameters<typeof chainOf>
type Situation = { preference: Preference; nodes: ChainNode[]; exemptions: Exemption[] }

const minutes = fc.integer({ min: 15, max: 25 })
const reboots = fc.constantFrom('if_necessary', 'force', 'suppress', 'prompt')
const items = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })

const reset = fc.constant({ reset: true as const })
const fixed = fc.constantFrom<Lock>(null, null, null, 'fixed')

/** A value with bounds around it; the ends may be open. */
const range = fc
  .record({ value: minutes, below: fc.nat(3), above: fc.nat(3), open: fc.nat(2) })
  .map(({ value, below, above, open }) => ({
    form: { value },
    lock: {
      ...(open !== 1 && { min: value - below }),
      ...(open !== 2 && { max: value + above }),
    },
  }))
const allowed = fc
  .uniqueArray(reboots, { minLength: 1 })
  .map((allowed) => ({ form: { value: allowed[0] }, lock: { allowed } }))

const scalar = (values: fc.Arbitrary<unknown>) =>
  fc.record({
    form: fc.oneof({ weight: 4, arbitrary: fc.record({ value: values }) }, reset),
    lock: fixed,
  })
const change = fc.record({ add: items, remove: items })
const list = fc.record({
  form: fc.oneof({ weight: 5, arbitrary: change }, { weight: 1, arbitrary: reset }),
  lock: fixed,
})

const stepsOf = (entry: fc.Arbitrary<Steps[number]>) =>
  fc.array(
    fc
      .tuple(fc.option(entry, { nil: {}, freq: 3 }), fc.nat(4))
      .map(([step, dice]) => ({ ...step, blocks: dice === 0 })),
    { minLength: 1, maxLength: 8 },
  )

const exemptions = fc.array(
  fc
    .record({
      tenant_id: fc.integer({ min: 1, max: 9 }),
      lock_tenant_id: fc.integer({ min: 1, max: 8 }),
      expires_at: fc.constantFrom(null, BEFORE, NOW, LATER),
      at: fc.constantFrom(BEFORE, BEFORE, NOW, LATER),
    })
    .map((exemption) => exempt(exemption.tenant_id, exemption.lock_tenant_id, exemption)),
  { maxLength: 4 },
)

const situationOf = (preference: Preference, entry: fc.Arbitrary<Steps[number]>) =>
  fc.record({
    preference: fc.constant(preference),
    nodes: stepsOf(entry).map((steps) => chainOf(...steps)),
    exemptions,
  })

const situation = fc.oneof(
  situationOf(timeout, fc.oneof(scalar(minutes), range)),
  situationOf(reboot, fc.oneof(scalar(reboots), allowed)),
  situationOf(emails, scalar(fc.boolean())),
  situationOf(bcc, list),
)

const resolveAll = ({ preference, nodes, exemptions }: Situation) =>
  resolve(preference, nodes, exemptions, NOW)

const without = (nodes: ChainNode[], tenant_id: number) =>
  nodes.map((node) => (node.tenant_id === tenant_id ? { ...node, entry: undefined } : node))

const property = <T>(name: string, given: fc.Arbitrary<T>, holds: (given: T) => void) =>
  t.test(name, async () => fc.assert(fc.property(given, holds), { numRuns: 3000 }))

property('rules 1 to 6: agrees with the model', situation, (given) => {
  const resolution = resolveAll(given)
  const model = inheritanceModel(given.preference, given.nodes, given.exemptions, NOW)
  equal(resolution.value, model.value)
  equal(verdicts(resolution), model.verdicts)
})

property('without a dormant entry everything else is the same', situation, (given) => {
  const { value, source, chain } = resolveAll(given)
  for (const dormant of chain.filter(({ because }) => because)) {
    const nodes = without(given.nodes, dormant.tenant_id!)
    const others = chain.filter((explained) => explained !== dormant)
    const { bounds: _, locked_by: __, ...rest } = resolveAll({ ...given, nodes })
    equal(rest, { value, source, chain: others })
  }
})

property('without a redundant entry the value is the same', situation, (given) => {
  const { value, chain } = resolveAll(given)
  for (const { tenant_id } of chain.filter(({ redundant }) => redundant)) {
    const nodes = without(given.nodes, tenant_id!)
    equal(resolveAll({ ...given, nodes }).value, value)
  }
})

property('rule 5: a fixed lock decides for every descendant', situation, (given) => {
  const at = (depth: number) => resolve(given.preference, given.nodes.slice(0, depth), [], NOW)
  const { chain } = at(given.nodes.length)
  const lock = chain.find((it) => it.entry.lock === 'fixed' && it.lock_state === 'in_force')
  if (!lock) return

  // The id of a node is its depth.
  for (let depth = lock.tenant_id! + 1; depth <= given.nodes.length; depth++) {
    equal(at(depth).value, at(lock.tenant_id!).value)
    equal(at(depth).locked_by, { tenant_id: lock.tenant_id, name: lock.name })
  }
})

property('rule 5: an exempted lock is as good as none', situation, (given) => {
  const bottom = given.nodes.length
  for (const { tenant_id: lock_tenant_id } of given.nodes.slice(0, -1)) {
    const nodes = given.nodes.map((node) =>
      node.tenant_id === lock_tenant_id && node.entry
        ? { ...node, entry: { ...node.entry, lock: null } }
        : node,
    )
    const unlocked = resolveAll({ ...given, nodes })
    const exemptions = [...given.exemptions, exempt(bottom, lock_tenant_id)]
    const exempted = resolveAll({ ...given, exemptions })
    equal(exempted.value, unlocked.value)
    equal(verdicts(exempted), verdicts(unlocked))
    equal(exempted.locked_by, unlocked.locked_by)
  }
})

property('unset is not off: what equals the inherited is an entry', situation, (given) => {
  const { preference, exemptions } = given
  if (preference.merge === 'list') return
  const above = given.nodes.slice(0, -1)
  const last = { ...given.nodes.at(-1)!, entry: undefined }
  const unset = resolve(preference, [...above, last], exemptions, NOW)
  if (unset.locked_by) return

  const entry = { form: { value: unset.value }, lock: null, by: 'Bob', at: NOW }
  const set = resolve(preference, [...above, { ...last, entry }], exemptions, NOW)
  equal(set.value, unset.value)
  equal(set.source.kind, 'here')
  equal(set.chain.at(-1)!.redundant, true)
})

property('explains each entry, in order, and has one winner at most', situation, (given) => {
  const { chain, source } = resolveAll(given)
  const entries = given.nodes.flatMap(({ entry }) => entry ?? [])
  equal(
    chain.map(({ entry }) => entry),
    entries,
  )
  const winners = chain.filter(({ verdict }) => verdict === 'won')
  equal(
    winners.map(({ tenant_id }) => tenant_id),
    source.tenant_id === null ? [] : [source.tenant_id],
  )
})

const anything = fc.jsonValue()
const oddEntry = fc.record({
  form: fc.oneof(
    fc.record({ value: anything }),
    fc.record({ add: fc.array(anything), remove: fc.array(anything) }),
  ),
  lock: fc.oneof(fixed, fc.constantFrom<Lock>({ min: 'a' }, { max: 3 }, { allowed: [true] }, {})),
})
const oddSituation = fc.oneof(
  ...[timeout, reboot, emails, bcc].map((preference) => situationOf(preference, oddEntry)),
)

property('takes whatever was stored once', oddSituation, (given) => {
  const { chain, value } = resolveAll(given)
  equal(chain.length, given.nodes.filter(({ entry }) => entry).length)
  equal(value === undefined, false)
})
