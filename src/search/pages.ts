import type { Actor } from '../access/actor.ts'
import { pagesFor } from '../access/navigation.ts'
import type { Reads } from '../db/connection.ts'
import type { Hit } from './groups.ts'

/**
 * The pages that the actor may open and that have a word beginning with each of the words; without
 * words, all that the actor may open.
 */
export async function pageHits(_db: Reads, actor: Actor, words: string, limit: number) {
  const wanted = split(words)
  return pagesFor(actor)
    .filter(({ label, detail }) => {
      const has = split(`${label} ${detail}`)
      return wanted.every((word) => has.some((one) => one.startsWith(word)))
    })
    .slice(0, wanted.length === 0 ? undefined : limit)
    .map(({ href, icon, label, detail }): Hit => ({ href, icon, name: label, detail }))
}

const split = (text: string) => text.toLowerCase().split(/\s+/).filter(Boolean)
