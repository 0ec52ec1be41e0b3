import type { Actor } from '../../access/actor.ts'
import type { Db } from '../../db/connection.ts'
import { operation } from '../../db/operation.ts'
import { Invalid } from '../../errors.ts'
import {
  type BatchReport,
  type BatchResult,
  WholeForm,
  canStart,
  confirmation,
  confirmForm,
  parseFields,
  reportOn,
  reportView,
  requireWhole,
  resultOf,
  titleOf,
  wholeChoice,
  wholeValue,
} from '../../jobs/batch.ts'
import type { JobKind } from '../../jobs/kind.ts'
import type { Mailer } from '../../mail/mailer.ts'
import type { Pace } from '../../pace.ts'
import { tagChoices } from '../../tags/queries.ts'
import { parentText } from '../../tenants/find-parent.ts'
import type { Form } from '../../web/form.ts'
import { view } from '../../web/page.ts'
import { sendInvitation } from '../invite.ts'
import { findTenantNamed } from '../list-routes.ts'
import { type Batch, type BatchAction, batchLooks } from './actions.ts'
import { TagForm, TenantForm } from './form.ts'
import { type Invited, workThrough } from './work.ts'

/** What a batch is about, and what would become of the people, once everything is chosen. */
type Outlook = Pick<Batch, 'action' | 'tenant_id' | 'tag_id' | 'whole'> & {
  selected: number
  report: BatchReport | null
}

const tenantChoice = view<{ form: Form }>('people/_batch-tenant')
const tagChoice = view<{ form: Form; tags: { value: string; label: string }[] }>(
  'people/_batch-tag',
)

/** One action on many people: judged for each of them first, then done as one operation. */
export const peopleBatch = (mailer: Mailer): JobKind<Batch, Outlook, BatchResult> => ({
  name: 'person.batch',
  section: 'people',

  permission: ({ action }) => batchLooks[action].permission,
  needs_proof: ({ action }) => !isOfTag(action),

  async revise(db, actor, batch, fields) {
    if (batch.action === 'set_tenant') {
      const { tenant: text, whole } = parseFields(TenantForm, fields)
      const tenant = await findTenantNamed(db, actor, text)
      return { ...batch, whole, tenant_id: tenant.id }
    }
    if (isOfTag(batch.action)) {
      const { tag, whole } = parseFields(TagForm, fields)
      return { ...batch, whole, tag_id: tag }
    }
    return { ...batch, ...parseFields(WholeForm, fields) }
  },

  async foresee(db, actor, batch, pace) {
    const { action, tenant_id, tag_id, whole, ids } = batch
    const outlook = { action, tenant_id, tag_id, whole, selected: ids.length }
    if (!isComplete(batch)) return { ...outlook, report: null }
    const { lines } = await workThrough(db, null, actor, batch, db.now(), pace)
    return { ...outlook, report: reportOn('Person', lines, action === 'delete') }
  },

  async preview(db, actor, outlook, form) {
    const { action, selected, report, whole } = outlook
    const choice = await drawChoice(db, actor, outlook, form)
    if (!report) return { choice, rendering: null, confirm: null }
    const label = batchTitle(action, report.done)
    const facts = { done: report.done, deletes: action === 'delete', selected, nouns: 'people' }
    const confirm = canStart(report, whole) ? confirmation(label, facts) : null
    return { choice, rendering: reportView(report), confirm }
  },

  confirm(batch, fields) {
    const form = confirmForm(batch.action === 'delete', batch.ids.length)
    return { ...batch, ...parseFields(form, fields) }
  },

  run: (db, actor, batch, pace) => runBatch(mailer, db, actor, batch, pace),

  outcome: (report) => reportView({ ...report, is_done: true }),
})

async function runBatch(mailer: Mailer, db: Db, actor: Actor, batch: Batch, pace: Pace) {
  if (batch.action === 'invite' && !mailer.configured) throw new Invalid({ action: NO_MAIL })
  const what = { kind: `person.batch_${batch.action}`, reason: batch.reason }
  const { lines, invited, tx } = await operation(db, actor, what, async (tx) => {
    const worked = await workThrough(tx, tx, actor, batch, tx.operation.at, pace)
    requireWhole(worked.lines, batch.whole, 'people')
    return { ...worked, tx }
  })
  const unsent = await sendAll(mailer, actor, invited)
  for (const line of lines) {
    const problem = unsent.get(line.code)
    if (problem) Object.assign(line, { outcome: 'refused', detail: `Not sent: ${problem}` })
  }
  return resultOf(reportOn('Person', lines, batch.action === 'delete'), tx, batch.foreseen)
}

const isOfTag = (action: BatchAction) => action === 'add_tag' || action === 'remove_tag'

const isComplete = ({ action, tenant_id, tag_id }: Batch) =>
  (action !== 'set_tenant' || tenant_id !== null) && (!isOfTag(action) || tag_id !== null)

/** Links of many people cannot be shown once to one; they are mailed or not made. */
export const NO_MAIL =
  'Nobody was invited: no mail server is configured. Invite people one by one; you are shown each link.'

/** Mails the invitations; returns why some could not be sent, by address. */
async function sendAll(mailer: Mailer, actor: Actor, invited: Invited[]) {
  const unsent = new Map<string, string>()
  for (const { person, secret } of invited) {
    const sent = await sendInvitation(mailer, actor, person, secret)
    if ('problem' in sent) unsent.set(person.email, sent.problem ?? 'no mail server')
  }
  return unsent
}

/** The fields for what the action needs to know: what was typed, else what was chosen. */
async function drawChoice(db: Db, actor: Actor, outlook: Outlook, { values, errors }: Form) {
  const { action, tenant_id, tag_id } = outlook
  const whole = wholeValue(outlook.whole)
  if (action === 'set_tenant') {
    const tenant = tenant_id === null ? '' : await parentText(db, actor, tenant_id)
    return tenantChoice({ form: { values: { tenant, whole, ...values }, errors } })
  }
  if (!isOfTag(action)) return wholeChoice({ form: { values: { whole, ...values }, errors } })
  const tags = (await tagChoices(db, actor, 'person.view', tag_id)).map(({ id, name }) => ({
    value: String(id),
    label: name,
  }))
  const tag = String(tag_id ?? '')
  return tagChoice({ form: { values: { tag, whole, ...values }, errors }, tags })
}

/** What a batch is called: "Delete 12 people". */
export const batchTitle = (action: BatchAction, count: number) =>
  titleOf(batchLooks[action].verb, count, 'person', 'people')
