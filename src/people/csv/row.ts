import type { z } from 'zod'
import type { Cells } from '../../web/csv/read.ts'
import { PersonEmail, PersonName } from '../form.ts'

export const columns = ['email', 'name', 'tenant', 'role', 'active'] as const

type Column = (typeof columns)[number]

/** One line of a file. What is undefined was not said: an existing person keeps their own. */
export type Row = {
  line: number
  email: string
  name: string | undefined
  /** A slug, or a path of names; '' is the tenant of whoever imports. */
  tenant: string
  /** The name of a role; '' is none. */
  role: string | undefined
  active: boolean | undefined
}

const answers: Record<string, boolean> = {
  yes: true,
  true: true,
  1: true,
  no: false,
  false: false,
  0: false,
}

/** Reads the cells of a line, with the reasons why it cannot be applied. */
export function readRow(line: number, cells: Cells<Column>) {
  const reasons: string[] = []
  const check = (schema: z.ZodType<string>, cell: string, label: string) => {
    const parsed = schema.safeParse(cell)
    if (!parsed.success) reasons.push(`${label}: ${parsed.error.issues[0]!.message}`)
    return parsed.data ?? ''
  }
  const word = cells.active?.trim().toLowerCase() ?? ''
  if (word !== '' && !Object.hasOwn(answers, word))
    reasons.push(`Active is “yes” or “no”, not “${word.slice(0, 50)}”.`)
  const row: Row = {
    line,
    email: check(PersonEmail, cells.email ?? '', 'E-mail'),
    name: cells.name?.trim() ? check(PersonName, cells.name, 'Name') : undefined,
    tenant: cells.tenant?.trim() ?? '',
    role: cells.role?.trim(),
    active: answers[word],
  }
  return { row, reasons }
}
