import type { Reads } from '../../db/connection.ts'
import type { Pace } from '../../pace.ts'
import { numberedSlug, slugFrom } from '../names.ts'
import { findFreeNumber } from '../slugs.ts'
import { loadTakenSlugs } from './existing.ts'
import type { Forest } from './forest.ts'
import type { PlacedRow } from './place.ts'

/** How many numbered slugs are looked up ahead, at most. */
const AHEAD = 500

type Numbering = {
  db: Reads
  pace: Pace
  isTaken(slug: string): boolean
  taken: Set<string>
  series: Map<string, Series>
}

/** The numbers of one slug: the next to try, and up to where `taken` knows those in the database. */
type Series = { next: number; known: number; ahead: number }

/** New tenants without a slug get one made of their name, past all that are taken. */
export async function chooseSlugs(db: Reads, forest: Forest, added: PlacedRow[], pace: Pace) {
  const wanted = new Set<string>()
  for (const { row } of added) {
    if (row.slug === undefined) wanted.add(slugFrom(row.name))
    await pace(0, 0)
  }
  const taken = await loadTakenSlugs(db, wanted, pace)
  const isTaken = (slug: string) => taken.has(slug) || forest.by_slug.has(slug)
  const numbering: Numbering = { db, pace, isTaken, taken, series: new Map() }
  const created: { place: PlacedRow; slug: string }[] = []
  for (const place of added) {
    await pace(0, 0)
    const slug = place.row.slug ?? (await chooseSlug(numbering, slugFrom(place.row.name)))
    created.push({ place, slug })
  }
  return created
}

async function chooseSlug(numbering: Numbering, wanted: string) {
  const { isTaken, taken } = numbering
  let slug = wanted
  if (isTaken(wanted)) {
    const series = await seriesOf(numbering, wanted)
    do {
      if (series.next === series.known) await lookAhead(numbering, wanted, series)
      slug = numberedSlug(wanted, series.next++)
    } while (isTaken(slug))
  }
  taken.add(slug)
  return slug
}

/** The series of a slug, which begins where its numbers are free. */
async function seriesOf({ db, pace, isTaken, series }: Numbering, wanted: string) {
  let found = series.get(wanted)
  if (!found) {
    const next = await findFreeNumber(async (number) => {
      const slug = numberedSlug(wanted, number)
      return isTaken(slug) || (await loadTakenSlugs(db, [slug], pace)).size > 0
    })
    series.set(wanted, (found = { next, known: next, ahead: 1 }))
  }
  return found
}

/** Looks up which of the next numbers are taken: few at first, then more and more. */
async function lookAhead({ db, pace, taken }: Numbering, wanted: string, series: Series) {
  const slugs = Array.from({ length: series.ahead }, (_, index) =>
    numberedSlug(wanted, series.known + index),
  )
  for (const slug of await loadTakenSlugs(db, slugs, pace)) taken.add(slug)
  series.known += series.ahead
  series.ahead = Math.min(series.ahead * 2, AHEAD)
}
