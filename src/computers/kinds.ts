import type { ComputerKind, ComputerState, ComputerTab, Platform } from '../db/computer-schema.ts'

export const computerKinds = ['server', 'workstation', 'portable'] as const satisfies ComputerKind[]

/** How each kind is called on a page, and the icon that stands for it. */
export const kindLooks: Record<ComputerKind, { label: string; icon: string }> = {
  server: { label: 'Server', icon: 'server' },
  workstation: { label: 'Workstation', icon: 'monitor' },
  portable: { label: 'Portable', icon: 'laptop' },
}

export const platforms = ['windows', 'macos', 'linux', 'other'] as const satisfies Platform[]

export const platformLabels: Record<Platform, string> = {
  windows: 'Windows',
  macos: 'macOS',
  linux: 'Linux',
  other: 'Other',
}

export const tabs = ['active', 'new', 'stale', 'deleted'] as const satisfies ComputerTab[]

export const tabLabels: Record<ComputerTab, string> = {
  active: 'Active',
  new: 'New',
  stale: 'Stale',
  deleted: 'Deleted',
}

export const stateLabels: Record<ComputerState, string> = {
  new: 'New',
  active: 'Active',
  excluded: 'Excluded from maintenance',
  deleted: 'Deleted',
}

const PLATFORMS: [Platform, RegExp][] = [
  ['windows', /windows/i],
  ['macos', /mac ?os|os x|darwin/i],
  [
    'linux',
    /linux|ubuntu|debian|fedora|centos|red hat|rhel|suse|rocky|alma|arch|mint|proxmox|nixos/i,
  ],
]

/** What an operating system is, as far as its name tells. */
export const platformOf = (operating_system: string): Platform =>
  PLATFORMS.find(([, name]) => name.test(operating_system))?.[0] ?? 'other'
