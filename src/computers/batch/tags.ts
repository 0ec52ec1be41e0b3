import {
  type Consequence,
  type ConsequencePanel,
  consequencePanel,
  firstRows,
} from '../../jobs/consequences.ts'
import { foreseeTags } from '../../tags/moves.ts'
import { countOf } from '../../web/counts.ts'
import type { Move } from './consequences.ts'

type Counted = { name: string; computers: number }

/** The tags that no longer apply to the computers there, and those that do anew. */
export const tagsOfMovedComputers: Consequence<Move, ConsequencePanel> = {
  name: 'tags',
  async foresee(db, asker, move, pace) {
    const tags = await foreseeTags(db, asker, move, pace)
    if (!tags) return null
    const { dropped, lost, gained } = tags
    const rows = [
      ...rowOf('Taken off, since they are not usable there', dropped),
      ...rowOf('No longer covered by', lost),
      ...rowOf('Covered anew by', gained),
    ]
    const gone = countOf(dropped.length + lost.length, 'tag', 'tags')
    return {
      title: 'Tags',
      note: `${gone} no longer ${dropped.length + lost.length === 1 ? 'applies' : 'apply'}, ${gained.length} new.`,
      ...firstRows(rows),
    }
  },
  draw: consequencePanel,
}

const rowOf = (name: string, tags: Counted[]) =>
  tags.length === 0
    ? []
    : [
        {
          name,
          lines: tags.map(
            (tag) => `${tag.name}, ${countOf(tag.computers, 'computer', 'computers')}`,
          ),
        },
      ]
