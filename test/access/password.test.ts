import t from 'tap'
import { hashPassword, needsRehash, verifyPassword } from '../../src/access/password.ts'
import { Busy } from '../../src/errors.ts'

const PASSWORD = 'violet harbour seventeen lanterns'

t.test('keeps a password as argon2id at the cost that OWASP asks for', async (t) => {
  const hash = await hashPassword(PASSWORD)
  t.match(hash, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
  t.equal(await verifyPassword(hash, PASSWORD), true)
  t.equal(await verifyPassword(hash, `${PASSWORD} `), false)
})

t.test('salts each hash', async (t) => {
  t.not(await hashPassword(PASSWORD), await hashPassword(PASSWORD))
})

t.test('takes a password in any Unicode form', async (t) => {
  const hash = await hashPassword('Ünïcödé pässwörter sïnd schön'.normalize('NFC'))
  t.equal(await verifyPassword(hash, 'Ünïcödé pässwörter sïnd schön'.normalize('NFD')), true)
})

t.test('never finds the password of somebody who does not exist', async (t) => {
  t.equal(await verifyPassword(undefined, PASSWORD), false)
})

t.test('sees that a hash was made at another cost', async (t) => {
  const cheaper = '$argon2id$v=19$m=8192,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA'
  t.equal(needsRehash(cheaper), true)
  t.equal(needsRehash(await hashPassword(PASSWORD)), false)
})

t.test('T35: hashes two at once, lets twenty wait, and sends the others away', async (t) => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, () => hashPassword(PASSWORD)),
  )
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  t.equal(refused.length, 30 - 2 - 20)
  t.ok(refused.every(({ reason }) => reason instanceof Busy))
  t.ok(await hashPassword(PASSWORD), 'and has room again afterwards')
})
