import { BlockList, isIPv6 } from 'node:net'

/**
 * What an IP address leads to. `private` is one's own network and this machine, where a server of
 * one's own may be; `forbidden` is what no server that we ask for something is at: metadata services
 * of clouds, link-local addresses, those for many machines, and those that are no machine's.
 */
type Reach = 'public' | 'private' | 'forbidden'

/** What `address` leads to. Anything that is no address is forbidden. */
export function reachOf(address: string): Reach {
  if (isIPv6(address)) {
    const inner = embeddedIPv4(address)
    if (inner) return reachOf(inner)
    if (forbidden.check(address, 'ipv6')) return 'forbidden'
    if (own.check(address, 'ipv6')) return 'private'
    return global.check(address, 'ipv6') ? 'public' : 'forbidden'
  }
  if (forbidden.check(address, 'ipv4')) return 'forbidden'
  if (own.check(address, 'ipv4')) return 'private'
  return everyIPv4.check(address, 'ipv4') ? 'public' : 'forbidden'
}

function listOf(networks: string[]) {
  const list = new BlockList()
  for (const network of networks) {
    const [address, prefix] = network.split('/') as [string, string]
    list.addSubnet(address, Number(prefix), isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return list
}

const own = listOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
])

const forbidden = listOf([
  '0.0.0.0/8',
  // Metadata services: Alibaba, Azure, and Amazon over IPv6. Those of the others are link-local.
  '100.100.100.200/32',
  '168.63.129.16/32',
  'fd00:ec2::/32',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Teredo and its neighbours, documentation.
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
])

const global = listOf(['2000::/3'])
const everyIPv4 = listOf(['0.0.0.0/0'])

/** The ways to write an IPv4 address as IPv6, by the bits before it: mapped, NAT64, 6to4. */
const EMBEDDINGS: [prefix: string, group: number][] = [
  ['0:0:0:0:0:ffff', 6],
  ['64:ff9b:0:0:0:0', 6],
  ['2002', 1],
]

function embeddedIPv4(address: string) {
  const groups = groupsOf(address)
  const found = EMBEDDINGS.find(([prefix]) => `${groups.join(':')}:`.startsWith(`${prefix}:`))
  if (!found) return undefined
  const [high, low] = groups.slice(found[1]).map((group) => Number.parseInt(group, 16))
  return [high! >> 8, high! & 255, low! >> 8, low! & 255].join('.')
}

/** The eight groups of an IPv6 address, in its shortest spelling. */
function groupsOf(address: string) {
  const shortest = new URL(`http://[${address.replace(/%.*$/, '')}]`).hostname.slice(1, -1)
  const [head = '', tail = ''] = shortest.split('::')
  const front = head.split(':').filter(Boolean)
  const back = tail.split(':').filter(Boolean)
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => '0')
  return [...front, ...zeros, ...back]
}
