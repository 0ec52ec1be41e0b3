import t from 'tap'
import { fieldError } from '../support/html.ts'
import { figures, upload } from '../support/jobs.ts'
import { world } from '../support/world.ts'

const refusals: [string, string | Buffer, string][] = [
  ['nothing', '', 'The file is empty.'],
  ['no column "name"', 'slug\nx\n', 'The first line has no column “name”.'],
  ['a column twice', 'name,Name\nx,y\n', 'The first line has the column “name” twice.'],
  ['unknown columns', 'name,colour,size\nx,y,z\n', 'columns that are not known: “colour”, “size”.'],
  ['UTF-16', Buffer.from('\ufeffname\nx', 'utf16le'), 'The file is UTF-16.'],
  ['Latin-1', Buffer.from('name\nx\nJosé', 'latin1'), 'not UTF-8: line 3 cannot be read'],
]
for (const [what, content, message] of refusals)
  t.test(`refuses a file with ${what} at the field`, async (t) => {
    const { alice } = await world(t)
    const response = await upload(alice, '/tenants/import', Buffer.concat([Buffer.from(content)]))
    t.equal(response.statusCode, 422)
    const error = fieldError(response.body, 'file') ?? fieldError(response.body, 'pasted')
    t.ok(error?.includes(message), String(error))
  })

const part =
  '--b\r\ncontent-disposition: form-data; name="file"; filename="x.csv"\r\n\r\nname\nYork'
const mangled: [string, string, string][] = [
  ['names no boundary', 'multipart/form-data', `${part}\r\n--b--\r\n`],
  ['names an endless boundary', `multipart/form-data; boundary=${'b'.repeat(300)}`, part],
  ['breaks off within a file', 'multipart/form-data; boundary=b', part],
  ['breaks off within its head', 'multipart/form-data; boundary=b', part.slice(0, 40)],
  ['is no form', 'multipart/form-data; boundary=b', 'name,parent'],
]
for (const [what, type, payload] of mangled)
  t.test(`says in the form that nothing came of an upload that ${what}`, async (t) => {
    const { alice } = await world(t)
    const headers = { 'content-type': type }
    const response = await alice.send({ method: 'POST', url: '/tenants/import', headers, payload })
    t.equal(response.statusCode, 422)
    t.match(fieldError(response.body, 'file'), /did not arrive whole|empty/)
  })

t.test('takes lines that are pasted instead of a file', async (t) => {
  const w = await world(t)
  const boundary = 'b'
  const response = await w.alice.send({
    method: 'POST',
    url: '/tenants/import',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: `--b\r\ncontent-disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--b\r\ncontent-disposition: form-data; name="pasted"\r\n\r\nname\nYork\r\n--b--\r\n`,
  })
  t.same(figures((await w.alice.get(String(response.headers.location))).body), [1, 0, 0, 0])
})

t.test('says in the form that a file is too large', async (t) => {
  const { alice } = await world(t)
  const response = await upload(alice, '/tenants/import', Buffer.alloc(33 * 1024 * 1024, 'a'))
  t.equal(response.statusCode, 413)
  t.match(fieldError(response.body, 'file'), /larger than 32 MiB/)
})
