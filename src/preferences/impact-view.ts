import { ROOT_ID } from '../tenants/queries.ts'
import type { Preference } from './catalogue.ts'
import type { Impact, Keeping } from './impact.ts'
import { formatValue } from './value.ts'

/** The consequences of a change, in words. */
export type ImpactView = {
  headline: string
  /** What stays as it is, and why; what a lock puts to sleep or its end wakes. */
  details: string[]
  values: { old: string; new: string; tenants: string }[]
  regions: { tenant_id: number; name: string; others: number; text: string; changes: boolean }[]
  /** How many more regions follow those listed, and the address of the next of them. */
  unlisted: number
  more: string
  /** Sent back with the form: that these consequences were seen. */
  seen: string
}

const LISTED = 200

const count = (number: number, one: string, many: string) =>
  `${number.toLocaleString('en')} ${number === 1 ? one : many}`

const tenants = (number: number) => count(number, 'tenant', 'tenants')

const KEEPS: Record<Keeping, (number: number) => string> = {
  overrides: (n) => `${tenants(n)} ${n === 1 ? 'keeps' : 'keep'} a value set further down`,
  blocked: (n) => `${tenants(n)} ${n === 1 ? 'is' : 'are'} behind a block`,
  exempt: (n) => `${tenants(n)} ${n === 1 ? 'is' : 'are'} exempt`,
  locked: (n) => `${tenants(n)} ${n === 1 ? 'has' : 'have'} a locked value that stays the same`,
  same: (n) => `${tenants(n)} ${n === 1 ? 'has' : 'have'} the same value as before`,
}

const REGION_KEEPS: Record<Keeping, string> = {
  overrides: 'keeps its own value',
  blocked: 'is behind a block',
  exempt: 'is exempt',
  locked: 'is locked',
  same: 'stays the same',
}

/** Which change it is: what tells it from others, and where its whole list is; '' for neither. */
type Change = { seen: string; list: string }

/** The impact of a change in the words of the page, with the list of tenants from the `from`th. */
export function toImpactView(
  preference: Preference,
  impact: Impact,
  { seen, list }: Change = { seen: '', list: '' },
  from = 0,
): ImpactView {
  return {
    headline:
      impact.changing === 0
        ? 'No tenant changes its value.'
        : `This changes the value of ${tenants(impact.changing)}.`,
    details: details(impact),
    values: impact.values.slice(0, 5).map((value) => ({
      old: formatValue(preference, value.old),
      new: formatValue(preference, value.new),
      tenants: tenants(value.tenants),
    })),
    regions: impact.regions.slice(from, from + LISTED).map((region) => ({
      tenant_id: region.tenant_id,
      name: region.name,
      // "All tenants" is no tenant: all that follow it are others.
      others: region.tenant_id === ROOT_ID ? region.tenants : region.tenants - 1,
      changes: region.keeps === null,
      text: region.keeps
        ? `${REGION_KEEPS[region.keeps]}: ${formatValue(preference, region.new)}`
        : `${formatValue(preference, region.old)} → ${formatValue(preference, region.new)}`,
    })),
    unlisted: Math.max(0, impact.regions.length - from - LISTED),
    more: list && `${list}&from=${from + LISTED}`,
    seen,
  }
}

function details({ keeping, put_to_sleep, woken }: Impact) {
  const kept = (Object.keys(KEEPS) as Keeping[])
    .filter((reason) => keeping[reason] > 0)
    .map((reason) => KEEPS[reason](keeping[reason]))
  if (put_to_sleep > 0)
    kept.push(`${count(put_to_sleep, 'value', 'values')} set below will be dormant`)
  if (woken > 0) kept.push(`${count(woken, 'dormant value', 'dormant values')} below will wake`)
  return kept
}
