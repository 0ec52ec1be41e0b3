import type { ComputerKind } from '../../db/computer-schema.ts'

/** What customers of a small provider have on their desks and in their racks. */
export type Model = {
  kind: ComputerKind
  manufacturer: string
  model: string
  /** How serial numbers of this maker look: `#` is a digit, `?` a letter. */
  serial: string
  systems: readonly string[]
}

const WINDOWS = ['Windows 11 Pro', 'Windows 11 Pro', 'Windows 10 Pro'] as const

export const models: readonly Model[] = [
  {
    kind: 'portable',
    manufacturer: 'Dell Inc.',
    model: 'Latitude 5440',
    serial: '??#?##3',
    systems: WINDOWS,
  },
  {
    kind: 'portable',
    manufacturer: 'LENOVO',
    model: 'ThinkPad T14 Gen 4',
    serial: 'PF##???#',
    systems: WINDOWS,
  },
  {
    kind: 'portable',
    manufacturer: 'Apple Inc.',
    model: 'MacBook Air (M3)',
    serial: 'C02??#####',
    systems: ['macOS 15.6', 'macOS 14.7'],
  },
  {
    kind: 'workstation',
    manufacturer: 'HP',
    model: 'EliteDesk 800 G9',
    serial: 'CZC####??#',
    systems: WINDOWS,
  },
  {
    kind: 'workstation',
    manufacturer: 'Dell Inc.',
    model: 'OptiPlex 7010',
    serial: '#??##3',
    systems: WINDOWS,
  },
  {
    kind: 'workstation',
    manufacturer: 'FUJITSU',
    model: 'ESPRIMO Q7010',
    serial: 'YLNR######',
    systems: WINDOWS,
  },
  {
    kind: 'server',
    manufacturer: 'Dell Inc.',
    model: 'PowerEdge T350',
    serial: '?##??#3',
    systems: ['Windows Server 2022 Standard', 'Windows Server 2019 Standard'],
  },
  {
    kind: 'server',
    manufacturer: 'HPE',
    model: 'ProLiant ML30 Gen10',
    serial: 'CZJ#####?#',
    systems: ['Windows Server 2022 Standard', 'Debian GNU/Linux 13', 'Ubuntu 24.04 LTS'],
  },
]

/** How the names of machines of a kind go on after those of their tenant. */
export const abbreviations: Record<ComputerKind, string> = {
  workstation: 'WS',
  portable: 'LT',
  server: 'SRV',
}
