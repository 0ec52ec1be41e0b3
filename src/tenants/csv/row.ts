import type { z } from 'zod'
import { TenantDescription, TenantName, TenantSlug } from '../form.ts'
import { type TenantKind, kindLooks, tenantKinds } from '../kinds.ts'
import { nameKey } from '../names.ts'
import type { Cells } from '../../web/csv/read.ts'

export const columns = ['name', 'parent', 'kind', 'description', 'slug', 'active'] as const

type Column = (typeof columns)[number]

/** One line of a file. What is undefined was not said: an existing tenant keeps its own. */
export type Row = {
  line: number
  name: string
  name_key: string
  /** A slug, or a path of names from the top; '' is "All tenants". */
  parent: string | undefined
  kind: TenantKind | undefined
  description: string | undefined
  slug: string | undefined
  active: boolean | undefined
}

/**
 * Reads the cells of a line. The row is as good as could be made of them, so that lines which name
 * it as their parent are not bad as well.
 */
export function readRow(line: number, cells: Cells<Column>) {
  const reasons: string[] = []
  const check = <Value>(schema: z.ZodType<Value>, cell: string, label: string) => {
    const parsed = schema.safeParse(cell)
    if (!parsed.success) reasons.push(`${label}: ${parsed.error.issues[0]!.message}`)
    return parsed.data
  }
  const name = check(TenantName, cells.name ?? '', 'Name') ?? ''
  const slug = filled(cells.slug)
  const row: Row = {
    line,
    name,
    name_key: nameKey(name),
    parent: cells.parent?.trim(),
    kind: readKind(cells.kind, reasons),
    description:
      cells.description === undefined
        ? undefined
        : check(TenantDescription, cells.description, 'Description'),
    slug: slug && check(TenantSlug, slug, `Slug "${slug.slice(0, 50)}"`),
    active: readActive(cells.active, reasons),
  }
  return { row, reasons }
}

const filled = (cell: string | undefined) => cell?.trim() || undefined

const kindsByWord = new Map<string, TenantKind>(
  tenantKinds.flatMap((kind) => [
    [kind, kind],
    [kindLooks[kind].label.toLowerCase().replace(' ', '_'), kind],
  ]),
)

/** `branch_office` as well as "Branch office". */
function readKind(cell: string | undefined, reasons: string[]) {
  const word = filled(cell)
  if (!word) return undefined
  const kind = kindsByWord.get(word.toLowerCase().replace(/[\s-]+/g, '_'))
  if (!kind)
    reasons.push(`There is no kind "${word.slice(0, 50)}". There are ${tenantKinds.join(', ')}.`)
  return kind
}

const answers: Record<string, boolean> = {
  yes: true,
  true: true,
  1: true,
  no: false,
  false: false,
  0: false,
}

function readActive(cell: string | undefined, reasons: string[]) {
  const word = filled(cell)?.toLowerCase()
  if (!word) return undefined
  if (!Object.hasOwn(answers, word))
    reasons.push(`Active is “yes” or “no”, not “${word.slice(0, 50)}”.`)
  return answers[word]
}
