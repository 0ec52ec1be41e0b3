import type { z } from 'zod'
import type { Cells } from '../../web/csv/read.ts'
import { readId } from '../../web/numbers.ts'
import { type ComputerFacts, facts } from '../form.ts'

export const columns = [
  'name',
  'tenant',
  'kind',
  'serial_number',
  'manufacturer',
  'model',
  'hardware_uuid',
  'operating_system',
  'time_zone',
  'person',
  'tags',
  'id',
] as const

type Column = (typeof columns)[number]

/** One line of a file. What is undefined was not said: an existing computer keeps its own. */
export type Row = {
  line: number
  /** The computer that the line is about; without it, its hardware says which that is. */
  id: number | undefined
  /** A slug, or a path of names from the top. */
  tenant: string | undefined
  person: string | undefined
  /** Names of tags. */
  tags: string | undefined
  facts: { name: string } & Partial<ComputerFacts>
}

const labels: Record<keyof ComputerFacts, string> = {
  name: 'Name',
  kind: 'Kind',
  serial_number: 'Serial number',
  manufacturer: 'Manufacturer',
  model: 'Model',
  hardware_uuid: 'Hardware UUID',
  operating_system: 'Operating system',
  time_zone: 'Time zone',
}

export const factLabels = Object.entries(labels) as [keyof ComputerFacts, string][]

/** Reads the cells of a line. The row is as good as could be made of them. */
export function readRow(line: number, cells: Cells<Column>) {
  const reasons: string[] = []
  const read: Record<string, string> = {}
  for (const [name, label] of factLabels) {
    const cell = name === 'kind' ? cells.kind?.trim().toLowerCase() : cells[name]
    if (cell === undefined || (name === 'kind' && cell === '')) continue
    const parsed = (facts[name] as z.ZodType<string>).safeParse(cell)
    if (parsed.success) read[name] = parsed.data
    else reasons.push(`${label}: ${parsed.error.issues[0]!.message}`)
  }
  const id_text = cells.id?.trim() ?? ''
  const id = readId(id_text)
  if (id_text !== '' && id === undefined) reasons.push('Id: This is not the id of a computer.')
  const row: Row = {
    line,
    id,
    tenant: cells.tenant?.trim(),
    person: cells.person?.trim(),
    tags: cells.tags,
    facts: { name: '', ...read },
  }
  return { row, reasons }
}
