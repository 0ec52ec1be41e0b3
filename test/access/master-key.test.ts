import { chmodSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  findMasterKey,
  type KeyPlaces,
  makeMasterKey,
  refuseKeyWithData,
} from '../../src/access/master-key.ts'
import { run } from '../support/program.ts'

const text = (letter: string) => Buffer.alloc(32, letter).toString('base64')
const nowhere: KeyPlaces = { credentials: undefined, file: '/nonexistent/key', given: undefined }

function find(places: Partial<KeyPlaces>) {
  const warnings: string[] = []
  const key = findMasterKey({ ...nowhere, ...places }, (warning) => warnings.push(warning))
  return { key: key?.toString('base64'), warnings }
}

t.test('takes the key of the service manager, then that of the file, then any', async (t) => {
  const credentials = t.testdir({ 'tenantry-key': text('a'), file: text('b') })
  const file = join(credentials, 'file')
  chmodSync(file, 0o400)
  t.same(find({ credentials, file, given: text('c') }), { key: text('a'), warnings: [] })
  t.same(find({ credentials: '/nonexistent', file, given: text('c') }).key, text('b'))
  const { key, warnings } = find({ given: text('c') })
  t.equal(key, text('c'))
  t.match(warnings, [/TENANTRY_KEY/])
  t.same(find({}), { key: undefined, warnings: [] })
})

t.test('makes a key once, for its owner alone', async (t) => {
  const file = join(t.testdir(), 'data.key')
  const key = makeMasterKey(file)
  t.equal(key.length, 32)
  t.same(makeMasterKey(file), key)
  t.equal(find({ file }).key, key.toString('base64'))
  if (process.platform !== 'win32') t.equal(statSync(file).mode & 0o777, 0o400)
  t.not(makeMasterKey(join(t.testdir(), 'other.key')).toString('hex'), key.toString('hex'))
})

t.test('warns of a key that other accounts can read', async (t) => {
  const file = join(t.testdir({ key: text('a') }), 'key')
  chmodSync(file, 0o644)
  t.match(find({ file }).warnings, [/mode should be 0400/])
})

t.test('takes for a key only what is one', async (t) => {
  for (const given of ['', 'secret', text('a').slice(4), `${text('a')}AAAA`, '!'.repeat(44)]) {
    const file = join(t.testdir({ key: given }), 'key')
    t.throws(() => find({ file }), { message: /holds no key/ }, JSON.stringify(given))
  }
  t.throws(() => makeMasterKey('/proc/key'), { message: /cannot be written/ })
})

t.test('T31: never keeps the key in the data directory', async (t) => {
  const data = t.testdir({ below: {} })
  symlinkSync(data, join(data, 'below', 'link'))
  for (const file of ['key', 'below/key', 'below/link/key'])
    t.throws(
      () => refuseKeyWithData({ ...nowhere, file: join(data, file) }, data),
      { message: /in the data directory/ },
      file,
    )
  for (const file of [`${data}.key`, '/elsewhere/key'])
    t.doesNotThrow(() => refuseKeyWithData({ ...nowhere, file }, data), file)
})

t.test('does not start with a key that is none, or that lies with the data', async (t) => {
  const data = t.testdir({ key: 'none' })
  const bad = await run([], {
    data: join(data, 'data'),
    environment: { TENANTRY_KEY_FILE: join(data, 'key') },
  })
  t.match(bad, { code: 1, stderr: /holds no key/ })
  const beside = await run([], { data, environment: { TENANTRY_KEY_FILE: join(data, 'new') } })
  t.match(beside, { code: 1, stderr: /in the data directory/ })
})
