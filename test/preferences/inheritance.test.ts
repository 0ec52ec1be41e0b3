import t from 'tap'
import { resolve } from '../../src/preferences/inheritance.ts'
import {
  bcc,
  BEFORE,
  block,
  blocking,
  chainOf,
  change,
  days,
  emails,
  exempt,
  LATER,
  nothing,
  NOW,
  reboot,
  reset,
  timeout,
  value,
  verdicts,
} from './cast.ts'

const upTo20 = { max: 20 }
const upTo10 = { max: 10 }

/** name, preference, chain, exemptions, then: value, kind of source, verdicts. */
// prettier-ignore
const cases = [
  ['1: the factory value, when nobody says anything', timeout, [nothing, nothing], [],
    20, 'factory', []],
  ['4, 6: a value is inherited', timeout, [value(5), nothing], [],
    5, 'inherited', ['won']],
  ['4, 6: a value set here', timeout, [nothing, value(5)], [],
    5, 'here', ['won']],
  ['4: the nearest value replaces the others', timeout, [value(5), value(6), value(7)], [],
    7, 'here', ['overridden', 'overridden', 'won']],
  ['4: unset is not off', emails, [value(true), nothing], [],
    true, 'inherited', ['won']],
  ['4: off is a value', emails, [value(true), value(false)], [],
    false, 'here', ['overridden', 'won']],
  ['4: a reset stands for the factory value', timeout, [value(5), reset()], [],
    20, 'here', ['overridden', 'won']],

  ['4: one list entry changes the factory list', days, [change(['sat'], ['mon']), nothing], [],
    ['tue', 'wed', 'thu', 'fri', 'sat'], 'inherited', ['won']],
  ['4: lists are merged', bcc, [change(['a', 'b']), change(['c'], ['a'])], [],
    ['b', 'c'], 'merged', ['merged', 'won']],
  ['4: a list never holds an item twice', bcc, [change(['a']), change(['a', 'b', 'b'])], [],
    ['a', 'b'], 'merged', ['merged', 'won']],
  ['4: a reset starts a list anew', bcc, [change(['a']), reset(), change(['b'])], [],
    ['b'], 'merged', ['overridden', 'merged', 'won']],
  ['4: a reset alone is no merge', days, [change(['sat']), reset()], [],
    days.factory, 'here', ['overridden', 'won']],

  ['2: a block drops what is above', timeout, [value(5), value(6), block], [],
    20, 'factory', ['blocked', 'blocked']],
  ['2: a block spares the entry of its own node', timeout, [value(5), blocking(value(6))], [],
    6, 'here', ['blocked', 'won']],
  ['2: a block drops lists', bcc, [change(['a']), change(['b']), blocking(change(['c']))], [],
    ['c'], 'here', ['blocked', 'blocked', 'won']],
  ['2: a block stops no fixed lock', timeout, [value(5, 'fixed'), block], [],
    5, 'locked', ['won']],
  ['2: a block leaves a locked list whole', bcc,
    [change(['a']), change(['b'], [], 'fixed'), block], [],
    ['a', 'b'], 'locked', ['merged', 'won']],
  ['2: a bounded entry stands again', timeout, [value(9, upTo20), value(6), block], [],
    9, 'inherited', ['won', 'blocked']],
  ['2: the last bounded entry stands again', timeout,
    [value(9, upTo20), value(8, upTo10), value(7), block], [],
    8, 'inherited', ['overridden', 'won', 'blocked']],
  ['2: bounds outlive a block', timeout, [value(9, upTo10), blocking(value(11))], [],
    9, 'inherited', ['won', 'out_of_bounds']],
  ['2: an out-of-bounds entry keeps its verdict', timeout, [value(9, upTo10), value(11), block], [],
    9, 'inherited', ['won', 'out_of_bounds']],
  ['2: an exempted bound is dropped like any entry', timeout,
    [value(9, upTo10), block], [exempt(2, 1)],
    20, 'factory', ['blocked']],

  ['3: a value outside a bound is dormant', timeout, [value(9, upTo10), value(11)], [],
    9, 'inherited', ['won', 'out_of_bounds']],
  ['3: a value on the bound stands', timeout, [value(9, upTo10), value(10)], [],
    10, 'here', ['overridden', 'won']],
  ['3: a reset to a factory value outside a bound is dormant', timeout,
    [value(9, upTo10), reset()], [],
    9, 'inherited', ['won', 'out_of_bounds']],
  ['3: a choice that is not allowed is dormant', reboot,
    [value('prompt', { allowed: ['prompt', 'suppress'] }), value('force'), value('suppress')], [],
    'suppress', 'here', ['overridden', 'out_of_bounds', 'won']],
  ['3: a dormant entry takes its lock with it', timeout,
    [value(9, upTo10), value(11, 'fixed'), value(8)], [],
    8, 'here', ['overridden', 'out_of_bounds', 'won']],
  ['3, 5: bounds add up', timeout, [value(9, upTo20), value(8, upTo10), value(15)], [],
    8, 'inherited', ['overridden', 'won', 'out_of_bounds']],
  ['3, 5: a bound below cannot widen one above', timeout,
    [value(9, upTo10), value(8, upTo20), value(15)], [],
    8, 'inherited', ['overridden', 'won', 'out_of_bounds']],
  ['3: a value of another type lies outside', timeout, [value(9, upTo10), value('7')], [],
    9, 'inherited', ['won', 'out_of_bounds']],

  ['5: a fixed lock wins over all below', timeout, [value(5, 'fixed'), value(6), value(7)], [],
    5, 'locked', ['won', 'locked_out', 'locked_out']],
  ['5: the lock nearest the root wins', timeout, [value(5, 'fixed'), value(6, 'fixed')], [],
    5, 'locked', ['won', 'locked_out']],
  ['5: a lock of one’s own is no lock from above', timeout, [value(5), value(6, 'fixed')], [],
    6, 'here', ['overridden', 'won']],
  ['5: a reset can be locked', timeout, [value(5), reset('fixed'), value(6)], [],
    20, 'locked', ['overridden', 'won', 'locked_out']],
  ['5: a locked list is what was merged so far', bcc,
    [change(['a']), change(['b'], [], 'fixed'), change(['c'])], [],
    ['a', 'b'], 'locked', ['merged', 'won', 'locked_out']],
  ['5: no block below a lock wakes an entry', timeout,
    [value(5, 'fixed'), value(6), blocking(value(7))], [],
    5, 'locked', ['won', 'locked_out', 'locked_out']],
  ['5: a list takes no bounds', bcc, [change(['a'], [], upTo10), change(['b'])], [],
    ['a', 'b'], 'merged', ['merged', 'won']],
  ['5: an exemption waives the lock', timeout,
    [value(5, 'fixed'), nothing, value(7)], [exempt(3, 1)],
    7, 'here', ['overridden', 'won']],
  ['5: an exemption covers the subtree', timeout,
    [value(5, 'fixed'), nothing, value(7)], [exempt(2, 1)],
    7, 'here', ['overridden', 'won']],
  ['5: an exemption for another tenant does nothing', timeout,
    [value(5, 'fixed'), value(7)], [exempt(9, 1)],
    5, 'locked', ['won', 'locked_out']],
  ['5: nobody above or at the lock is exempted', timeout,
    [nothing, value(5, 'fixed'), value(7)], [exempt(1, 2), exempt(2, 2)],
    5, 'locked', ['won', 'locked_out']],
  ['5: an exemption waives one lock', timeout,
    [value(5, 'fixed'), value(6, 'fixed'), value(7)], [exempt(3, 1)],
    6, 'locked', ['overridden', 'won', 'locked_out']],
  ['5: an expired exemption does nothing', timeout,
    [value(5, 'fixed'), value(7)], [exempt(2, 1, { expires_at: NOW })],
    5, 'locked', ['won', 'locked_out']],
  ['5: an exemption that is yet to be made does nothing', timeout,
    [value(5, 'fixed'), value(7)], [exempt(2, 1, { at: LATER })],
    5, 'locked', ['won', 'locked_out']],
  ['5: an exemption waives a bound', timeout, [value(9, upTo10), value(30)], [exempt(2, 1)],
    30, 'here', ['overridden', 'won']],
] as const

for (const [name, preference, steps, exemptions, expected, kind, verdictsExpected] of cases) {
  t.test(`rule ${name}`, async (t) => {
    const resolution = resolve(preference, chainOf(...steps), [...exemptions], NOW)
    t.strictSame(resolution.value, expected)
    t.equal(resolution.source.kind, kind)
    t.strictSame(verdicts(resolution), verdictsExpected)
  })
}

t.test('names where the value comes from', async (t) => {
  const inherited = resolve(timeout, chainOf(nothing, value(5), nothing), [], NOW)
  t.strictSame(inherited.source, { tenant_id: 2, name: 'MSP', kind: 'inherited' })
  const factory = resolve(timeout, chainOf(value(5), block), [], NOW)
  t.strictSame(factory.source, { tenant_id: null, name: null, kind: 'factory' })
})

t.test(
  'rule 5: a lock is in force, exempted, or in force again when that has expired',
  async (t) => {
    const exemption = exempt(2, 1, { expires_at: LATER })
    const chain = chainOf(value(5, 'fixed'), value(7))
    const lockAt = (at: string) => resolve(timeout, chain, [exemption], at).chain[0]!

    t.match(lockAt('2026-04-01T12:00:00.000Z'), { lock_state: 'in_force', exemption: undefined })
    t.match(lockAt(BEFORE), { lock_state: 'exempted', exemption })
    t.match(lockAt(NOW), { lock_state: 'exempted', exemption })
    t.match(lockAt(LATER), { lock_state: 'expired', exemption })
  },
)

t.test('rule 5: an exemption in force counts, whatever others have expired', async (t) => {
  const expired = exempt(2, 1, { id: 7, expires_at: BEFORE })
  const current = exempt(2, 1, { id: 8 })
  for (const exemptions of [
    [expired, current],
    [current, expired],
  ]) {
    const { chain } = resolve(timeout, chainOf(value(5, 'fixed'), value(7)), exemptions, NOW)
    t.match(chain[0], { lock_state: 'exempted', exemption: { id: 8 } })
  }
})

t.test('a dormant entry has no lock, and names the node that silences it', async (t) => {
  const chain = chainOf(value(9, upTo10), value(11, 'fixed'), blocking(value(5, 'fixed')), value(6))
  const { chain: explained } = resolve(timeout, chain, [], NOW)
  t.match(explained[1], { lock_state: null, because: { tenant_id: 1, name: 'All tenants' } })
  t.match(explained[3], { lock_state: null, because: { tenant_id: 3, name: 'Acme' } })

  const blocked = resolve(timeout, chainOf(value(5), block), [], NOW).chain[0]
  t.match(blocked, { verdict: 'blocked', because: { tenant_id: 2, name: 'MSP' } })
})

t.test('tells an entry what it must keep: locks and bounds from above, not its own', async (t) => {
  const bounded = resolve(timeout, chainOf(value(9, upTo20), value(8, upTo10)), [], NOW)
  t.strictSame(bounded.bounds, [{ tenant_id: 1, name: 'All tenants', bounds: upTo20 }])

  const locked = chainOf(nothing, value(5, 'fixed'), nothing)
  t.strictSame(resolve(timeout, locked, [], NOW).locked_by, { tenant_id: 2, name: 'MSP' })
  t.equal(resolve(timeout, locked.slice(0, 2), [], NOW).locked_by, null)
})

t.test('an entry is redundant if it stands, changes nothing and holds nothing', async (t) => {
  const redundant = (...steps: Parameters<typeof chainOf>) =>
    resolve(timeout, chainOf(...steps), [], NOW).chain.map((explained) => explained.redundant)

  t.strictSame(redundant(value(20)), [true])
  t.strictSame(redundant(value(5), value(5)), [false, true])
  t.strictSame(redundant(value(5), reset()), [false, false])
  t.strictSame(redundant(value(20), value(5)), [false, false], 'overridden')
  t.strictSame(redundant(value(20), block), [false], 'blocked')
  t.strictSame(redundant(value(5), value(5, 'fixed')), [false, false], 'locks')
  t.strictSame(redundant(value(20), blocking(reset())), [false, true])

  const list = chainOf(change(['a']), change(['a']), change(['b']))
  const marks = resolve(bcc, list, [], NOW).chain.map((explained) => explained.redundant)
  t.strictSame(marks, [false, true, false])
})
