import type { FieldErrors } from '../errors.ts'
import type { TenantHead } from '../tenants/head.ts'
import type { Form } from '../web/form.ts'
import { view } from '../web/page.ts'
import type { Comparison, Moments } from './compare.ts'
import type { Preference } from './catalogue.ts'
import type { ListedExemption } from './exemptions.ts'
import type { PreferenceRow } from './explain.ts'
import type { EntryForm } from './form.ts'
import type { ImpactView } from './impact-view.ts'
import type { Rights } from './queries.ts'

export type PreferenceGroup = { name: string; summary: string; rows: PreferenceRow[] }

export type ShownExemption = ListedExemption & { label: string; ended: boolean }

/** The editor of one preference at one tenant. */
export type Editor = {
  head: TenantHead
  preference: Preference
  row: PreferenceRow
  /** What the tenant would have without an entry of its own. */
  inherited: string
  /** The items of a list that can be kept or taken out. */
  offered: { value: string; label: string }[]
  boundable: 'range' | 'allowed' | 'none'
  form: { values: EntryForm; errors: FieldErrors }
  impact: ImpactView | null
  time_zones: string[]
  rights: Rights
}

export const views = {
  compare: view<{
    head: TenantHead
    form: Form
    /** Null until there are two moments to compare. */
    moments: Moments | null
    comparison: Comparison | null
    /** Whether what is the same is shown too. */
    shows_all: boolean
    /** Moments to choose: just before each of the last operations. */
    offered: { id: number; at: string; what: string; actor_name: string; href: string }[]
  }>('preferences/compare'),
  page: view<{
    head: TenantHead
    groups: PreferenceGroup[]
    exemptions: { shown: ShownExemption[]; older: number | null }
    rights: Rights
    as_of: { text: string; instant: string | null; error: string | null }
  }>('preferences/page'),
  edit: view<Editor>('preferences/edit'),
  impact: view<{ head: TenantHead; row: PreferenceRow; impact: ImpactView }>('preferences/impact'),
  block: view<{
    head: TenantHead
    /** What it would become. */
    blocks: boolean
    changes: { key: string; label: string; values: ImpactView['values'] }[]
  }>('preferences/block'),
  withdraw: view<{
    head: TenantHead
    exemption: ListedExemption
    label: string
    impact: ImpactView
    /** The tenant on whose page it is withdrawn. */
    from: number
  }>('preferences/withdraw'),
  exempt: view<{
    head: TenantHead
    row: PreferenceRow
    lock: { name: string; words: string }
    form: { values: Record<string, string>; errors: FieldErrors }
  }>('preferences/exempt'),
}
