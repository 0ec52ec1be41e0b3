import type { Actor } from '../access/actor.ts'
import type { Reads } from '../db/connection.ts'
import type { Hit } from './groups.ts'

const pages: Hit[] = [
  { href: '/tenants', icon: 'building-2', name: 'Tenants', detail: 'The tree of tenants' },
  { href: '/tenants/new', icon: 'plus', name: 'New tenant', detail: '' },
  { href: '/tenants/import', icon: 'upload', name: 'Import tenants', detail: 'From a CSV file' },
  {
    href: '/tenants/root/preferences',
    icon: 'settings',
    name: 'Defaults for all',
    detail: 'The preferences of All tenants',
  },
  { href: '/tenants/root/history', icon: 'history', name: 'History', detail: 'Every change' },
  { href: '/jobs', icon: 'activity', name: 'Jobs', detail: 'Your imports and batch actions' },
  { href: '/account', icon: 'user', name: 'Account', detail: 'Password, sessions and tokens' },
]

/** The pages that have a word beginning with each of the words; all of them without words. */
export async function pageHits(_db: Reads, _actor: Actor, words: string, limit: number) {
  const wanted = split(words)
  return pages
    .filter(({ name, detail }) => {
      const has = split(`${name} ${detail}`)
      return wanted.every((word) => has.some((one) => one.startsWith(word)))
    })
    .slice(0, limit)
}

const split = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)
