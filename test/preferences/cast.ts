import { getPreference } from '../../src/preferences/catalogue.ts'
import type {
  ChainNode,
  Entry,
  Exemption,
  Form,
  Lock,
  Resolution,
} from '../../src/preferences/inheritance.ts'

export const timeout = getPreference('maintenance.reboot_prompt_timeout_minutes')
export const reboot = getPreference('maintenance.reboot_preference')
export const emails = getPreference('maintenance.session_emails')
export const bcc = getPreference('maintenance.session_email_bcc')
export const days = getPreference('maintenance.business_days')

export const NOW = '2026-06-01T12:00:00.000Z'
export const BEFORE = '2026-05-01T12:00:00.000Z'
export const LATER = '2026-07-01T12:00:00.000Z'

const NAMES = ['All tenants', 'MSP', 'Acme', 'Berlin', 'Sales', 'Lab', 'Desk', 'Shelf']

type Step = { form?: Form; lock?: Lock; blocks?: boolean }

export const nothing: Step = {}
export const block: Step = { blocks: true }
export const value = (value: unknown, lock: Lock = null): Step => ({ form: { value }, lock })
export const reset = (lock: Lock = null): Step => ({ form: { reset: true }, lock })
export const change = (add: unknown[], remove: unknown[] = [], lock: Lock = null): Step => ({
  form: { add, remove },
  lock,
})
export const blocking = (step: Step): Step => ({ ...step, blocks: true })

/** A chain from the root down, a step for each node; their ids are 1, 2, 3… */
export function chainOf(...steps: Step[]): ChainNode[] {
  return steps.map(({ form, lock = null, blocks = false }, depth) => ({
    tenant_id: depth + 1,
    name: NAMES[depth]!,
    blocks_inheritance: blocks,
    entry: form && entryOf(form, lock),
  }))
}

/** An exemption, in force, for a node from the lock of another. */
export function exempt(
  tenant_id: number,
  lock_tenant_id: number,
  more: Partial<Exemption> = {},
): Exemption {
  const known = { reason: 'Kiosk', ticket: '', expires_at: null, by: 'Alice', at: BEFORE }
  return { id: 1, tenant_id, lock_tenant_id, ...known, ...more }
}

export function verdicts(resolution: Resolution) {
  return resolution.chain.map(({ verdict }) => verdict)
}

function entryOf(form: Form, lock: Lock): Entry {
  return { form, lock, by: 'Alice', at: BEFORE }
}
