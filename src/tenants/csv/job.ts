import { importJob } from '../../jobs/import.ts'
import { kindLooks } from '../kinds.ts'
import type { Place } from './forest.ts'
import { previewImport, runImport } from './import.ts'
import { type PlacedRow, kindOf } from './place.ts'
import type { Plan } from './plan.ts'

type Item<Of extends 'created' | 'changed' | 'unchanged'> = Plan[Of][number]

/** The import of tenants from a CSV file. */
export const csvImport = importJob<Item<'created'>, Item<'changed'>, PlacedRow>({
  name: 'tenant.import',
  section: 'tenants',
  permission: 'tenant.import',
  words: {
    noun: 'tenant',
    nouns: 'tenants',
    again_href: '/tenants/import',
    heads: ['Parent', 'Kind'],
  },
  preview: previewImport,
  run: runImport,
  describe: {
    created: ({ place, slug }) => ({
      line: place.row.line,
      name: place.row.name,
      code: slug,
      cells: [nameOf(place.parent!), kindLooks[kindOf(place)].label],
    }),
    changed: ({ place, differences }) => ({
      line: place.row.line,
      name: place.existing!.name,
      code: place.existing!.slug,
      differences,
    }),
    unchanged: ({ row, existing }) => ({
      line: row.line,
      name: existing!.name,
      code: existing!.slug,
    }),
  },
})

const nameOf = ({ row, existing }: Place) => row?.name ?? existing!.name
