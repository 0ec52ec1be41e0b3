import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import t, { type Test } from 'tap'
import { reachOf } from '../../src/web/network-address.ts'
import { createSafeFetch } from '../../src/web/safe-fetch.ts'

const NOT_PUBLIC = {
  private: [
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '100.127.255.255',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:10.0.0.1',
    '0:0:0:0:0:ffff:c0a8:101',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2002:c0a8:101::1',
  ],
  forbidden: [
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.170.2',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '192.0.2.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '192.88.99.1',
    '224.0.0.1',
    '239.255.255.255',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'febf::1',
    'fec0::1',
    'ff02::1',
    'fd00:ec2::254',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::',
    '::ffff:0.0.0.0',
    '::127.0.0.1',
    '2001::1',
    '2001:db8::1',
    '100::1',
    '64:ff9b:1::1',
    '',
    'localhost',
    '127.1',
    '0x7f000001',
    '2130706433',
  ],
} as const

t.test('T13: knows what is not public, however it is written', async (t) => {
  for (const [reach, addresses] of Object.entries(NOT_PUBLIC))
    for (const address of addresses) t.equal(reachOf(address), reach, address)
})

t.test('takes what is public for that', async (t) => {
  const addresses = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111']
  for (const address of [...addresses, '::ffff:8.8.8.8', '64:ff9b::808:808'])
    t.equal(reachOf(address), 'public', address)
})

/** A server on this machine, and how often it was asked. */
async function local(
  t: Test,
  answer: RequestListener = (_request, response) => response.end('{}'),
) {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url!)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { seen, port, url: `http://127.0.0.1:${port}` }
}

const inside = createSafeFetch({ allow_private: true })
const outside = createSafeFetch({ allow_private: false })

t.test('T13: goes to this machine only where that is allowed', async (t) => {
  const { seen, url, port } = await local(t)
  for (const one of [url, `http://localhost:${port}`, `https://127.0.0.1:${port}`])
    await t.rejects(outside(one), /https|does not go/)
  t.same(seen, [])
  t.equal((await inside(url)).status, 200)
})

t.test('T13: no spelling of an address leads inside', async (t) => {
  const { seen, port } = await local(t)
  const hosts = [
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '127.0.0.1.',
    '⑫7.0.0.1',
    '0',
    '169.254.169.254',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    'localhost',
    'LOCALHOST.',
  ]
  for (const host of hosts) await t.rejects(outside(`https://${host}:${port}/`), /./, host)
  t.same(seen, [])
})

t.test('T13: takes no address but https, without a name or password', async (t) => {
  const { seen, port } = await local(t)
  const texts = [
    'http://example.com/',
    'ftp://example.com/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    '',
    'data:,x',
    '//example.com',
    'https://',
    'gopher://127.0.0.1/',
    `http://127.1:${port}.evil/`,
    'https://user@example.com/',
    'https://user:word@example.com/',
    'http://10.0.0.1/',
    `https://example.com@127.0.0.1:${port}/`,
    `http://example.com@127.0.0.1:${port}/`,
    `http://a:b@localhost:${port}/`,
  ]
  for (const text of texts) await t.rejects(inside(text), /./, text)
  t.same(seen, [])
})

t.test('T13: an inside address is enough to refuse a name', async (t) => {
  const { seen, port } = await local(t)
  const answers = ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1']
  for (const address of answers) {
    const family = address.includes(':') ? 6 : 4
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address, family },
    ]
    const guarded = createSafeFetch({ allow_private: false, resolve })
    await t.rejects(guarded(`https://idp.example:${port}/`), /does not go/)
  }
  t.same(seen, [])
})

t.test('T13: a name that leads elsewhere the second time is of no use', async (t) => {
  const { seen, port } = await local(t)
  const answers = ['127.0.0.1', '169.254.169.254']
  let asked = 0
  const resolve = async () => [{ address: answers[asked++]!, family: 4 }]
  const flipping = createSafeFetch({ allow_private: true, resolve })
  t.equal((await flipping(`http://localhost:${port}/`)).status, 200)
  t.equal(asked, 1, 'what was checked is what was connected to')
  await t.rejects(flipping(`http://localhost:${port}/`), /does not go/)
  t.equal(asked, 2)
  t.same(seen, ['/'])
})

t.test("T13: a metadata service is out of reach even where one's own network is not", async (t) => {
  for (const host of ['169.254.169.254', '[fd00:ec2::254]', '100.100.100.200', '168.63.129.16'])
    await t.rejects(inside(`https://${host}/`), /does not go/, host)
})

t.test('T13: connects to what was resolved, and does not resolve again', async (t) => {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  // No name server knows the name.
  const resolve = async () => [{ address: '127.0.0.1', family: 4 }]
  const guarded = createSafeFetch({ allow_private: true, resolve })
  await t.rejects(guarded(`https://idp.invalid:${port}/`), /could not be reached/)
  t.equal(connections, 1)
})

t.test('T13: a name that cannot be resolved is refused', async (t) => {
  const broken = async () => Promise.reject(new Error('SERVFAIL'))
  for (const resolve of [broken, async () => []])
    await t.rejects(
      createSafeFetch({ allow_private: true, resolve })('https://idp.example/'),
      /not found/,
    )
})

t.test('T13: follows no redirect', async (t) => {
  const other = await local(t)
  for (const status of [301, 302, 303, 307, 308]) {
    const first = await local(t, (_request, response) =>
      response.writeHead(status, { location: other.url }).end(),
    )
    await t.rejects(inside(first.url), /leads on/)
  }
  t.same(other.seen, [])
})

t.test('T13: reads no answer without end, and waits for none', async (t) => {
  const big = await local(t, (_request, response) => response.end(Buffer.alloc(1_048_577)))
  await t.rejects(inside(big.url), /too much/)
  const slow = await local(t, (_request, response) => response.write('{'))
  const hasty = createSafeFetch({ allow_private: true, timeout_ms: 100 })
  await t.rejects(hasty(slow.url), /in time/)
})

t.test('sends forms and gives back status and headers', async (t) => {
  const { url } = await local(t, (request, response) => {
    response.writeHead(400, { 'content-type': 'application/json' })
    request.pipe(response)
  })
  const answer = await inside(url, { method: 'POST', body: new URLSearchParams({ a: '1' }) })
  t.equal(answer.status, 400)
  t.equal(answer.headers.get('content-type'), 'application/json')
  t.equal(await answer.text(), 'a=1')
})
