import t from 'tap'
import { createSealer } from '../../src/access/sealing.ts'

const sealer = createSealer(() => Buffer.alloc(32, 'key'))
const place = { table: 'totp', row: 7, column: 'secret' }
const TEXT = 'JBSWY3DPEHPK3PXP ünïcödé'

t.test('opens what it sealed, and seals nothing twice in the same way', async (t) => {
  const sealed = sealer.seal('totp', place, TEXT)
  t.equal(sealer.open('totp', place, sealed), TEXT)
  t.equal(sealer.open('totp', place, sealer.seal('totp', place, '')), '')
  t.not(sealer.seal('totp', place, TEXT), sealed)
  t.notMatch(sealed, /JBSWY3/)
  t.notMatch(Buffer.from(sealed.split('.')[3]!, 'base64url').toString('latin1'), 'JBSWY3')
})

t.test('T31: opens nothing with another key, and says which one is missing', async (t) => {
  const other = createSealer(() => Buffer.alloc(32, 'other'))
  const sealed = sealer.seal('totp', place, TEXT)
  t.throws(() => other.open('totp', place, sealed), { message: /sealed with the key [0-9a-f]{8};/ })
  const [version, , ...rest] = sealed.split('.')
  const [, own_id] = other.seal('totp', place, TEXT).split('.')
  t.throws(() => other.open('totp', place, [version, own_id, ...rest].join('.')))
})

t.test('T31: opens nothing in another row, column or table, or for another purpose', async (t) => {
  const sealed = sealer.seal('totp', place, TEXT)
  for (const moved of [{ row: 8 }, { row: '7' }, { column: 'old_secret' }, { table: 'mail' }])
    t.throws(() => sealer.open('totp', { ...place, ...moved }, sealed), JSON.stringify(moved))
  t.throws(() => sealer.open('mail', place, sealed))
})

t.test('T31: takes no shorter tag, and nothing that was altered', async (t) => {
  const sealed = sealer.seal('totp', place, TEXT)
  const parts = sealed.split('.')
  const cut = (bytes: number) =>
    Buffer.from(parts[4]!, 'base64url').subarray(0, bytes).toString('base64url')
  for (const bytes of [0, 4, 8, 12, 15])
    t.throws(() => sealer.open('totp', place, [...parts.slice(0, 4), cut(bytes)].join('.')))
  for (const index of parts.keys()) {
    const altered = parts.with(index, `A${parts[index]!.slice(1)}A`).join('.')
    t.throws(() => sealer.open('totp', place, altered), altered)
  }
  for (const nothing of ['', '.', '....', 's1', `${sealed}.x`])
    t.throws(() => sealer.open('totp', place, nothing))
})

t.test('asks for the key when it is needed, and not again', async (t) => {
  let asked = 0
  const late = createSealer(() => Buffer.alloc(32, ++asked))
  t.equal(asked, 0)
  late.open('totp', place, late.seal('totp', place, TEXT))
  t.equal(asked, 1)
  t.throws(() => createSealer(() => Buffer.alloc(16)).seal('totp', place, TEXT))
})
