import {
  assignmentUndo,
  finalTables,
  groupUndo,
  memberUndo,
  roleUndo,
} from '../access/undo-rules.ts'
import { requireTenant } from '../access/visible.ts'
import type { Actor } from '../access/actor.ts'
import type { Permission } from '../access/permissions.ts'
import type { Tx } from '../db/operation.ts'
import type { Reversal, UndoRules } from '../db/undo.ts'
import { Conflict, Forbidden, NotFound } from '../errors.ts'
import { agentUndo, computerGroupUndo, computerUndo } from '../computers/undo-rules.ts'
import { personUndo } from '../people/undo-rules.ts'
import { entryUndo, exemptionUndo } from '../preferences/undo-rules.ts'
import {
  chosenUndo,
  feedFinal,
  orderFinal,
  overrideUndo,
  scheduleUndo,
} from '../schedules/undo-rules.ts'
import { computerTagUndo, personTagUndo, tagUndo, tenantTagUndo } from '../tags/undo-rules.ts'
import { aliasUndo, tenantUndo } from '../tenants/undo-rules.ts'
import { type Final, type Undoing, type UndoRule, wentAlong } from './undo-rule.ts'

/**
 * What it takes to take back changes of each logged table. A table that is missing here fails a
 * test, and what was done to it is not taken back.
 */
export const undoRules: Record<string, UndoRule | Final> = {
  ...finalTables,
  tenant: tenantUndo,
  tenant_alias: aliasUndo,
  preference_entry: entryUndo,
  exemption: exemptionUndo,
  computer: computerUndo,
  agent: agentUndo,
  computer_group: computerGroupUndo,
  schedule: scheduleUndo,
  schedule_computer: chosenUndo,
  schedule_override: overrideUndo,
  maintenance_order: orderFinal,
  calendar_feed: feedFinal,
  person: personUndo,
  tag: tagUndo,
  person_tag: personTagUndo,
  computer_tag: computerTagUndo,
  tenant_tag: tenantTagUndo,
  role: roleUndo,
  user_group: groupUndo,
  user_group_member: memberUndo,
  role_assignment: assignmentUndo,
}

/** The rules under which an actor takes an operation back, whose tables are `table_names`. */
export function rulesFor(
  tx: Tx,
  actor: Actor,
  table_names: string[],
  refuseObstacles: UndoRules['refuseObstacles'],
): UndoRules {
  const places = new Map<number, string>()
  const first = undoingOf(tx, actor, places)
  const last = undoingOf(tx, actor, places)
  return {
    refuseObstacles,
    stays,
    before: (some) =>
      withoutNaming(async () => {
        for (const reversal of some) {
          const rule = ruleOf(reversal, table_names)
          if (rule && reversal.now) await rule.leave?.(first, reversal.now, reversal.former)
        }
      }),
    after: (some) =>
      withoutNaming(async () => {
        const settling = new Map<UndoRule, Reversal[]>()
        for (const reversal of some) {
          const rule = ruleOf(reversal, table_names)
          if (!rule) continue
          if (reversal.former) await rule.arrive?.(last, reversal.former, reversal.now)
          settling
            .set(rule, settling.get(rule) ?? [])
            .get(rule)!
            .push(reversal)
        }
        for (const [rule, reversals] of settling) await rule.settle?.(last, reversals)
      }),
  }
}

/** Asks once for each permission and tenant: one operation may change thousands of rows there. */
function undoingOf(tx: Tx, actor: Actor, places: Undoing['places']): Undoing {
  const asked = new Set<string>()
  return {
    tx,
    actor,
    places,
    async require(permission: Permission, tenant_id) {
      const question = `${permission} ${tenant_id}`
      if (asked.has(question)) return
      await requireTenant(tx, actor, permission, Number(tenant_id))
      asked.add(question)
    },
  }
}

const stays = ({ table, former, now }: Reversal) => {
  const rule = undoRules[table]
  return rule !== undefined && 'stays_deleted' in rule && now === null && former !== null
}

/** The rule for a row; undefined for one that stays. Throws Conflict where there is no way back. */
function ruleOf(reversal: Reversal, table_names: string[]): UndoRule | undefined {
  const rule = undoRules[reversal.table]
  if (!rule) throw new Conflict('This kind of change cannot be taken back.')
  if (!('final' in rule)) return rule
  if (rule.along && wentAlong(reversal)) return rule.along
  const others = table_names.some((name) => !isFinal(name))
  if (stays(reversal) && others) return undefined
  throw new Conflict(rule.final)
}

/** Whether changes of a table never come back. */
export function isFinal(table: string) {
  const rule = undoRules[table]
  return !rule || 'final' in rule
}

/** What is said where something of an operation is hidden from whoever would take it back. */
export const UNSEEN =
  'Taking it back would change something that you may not see. Somebody who sees all of it has to do it.'

/** What the actor may not see is not named: it is only said that there is such a thing. */
async function withoutNaming(check: () => Promise<void>) {
  try {
    await check()
  } catch (error) {
    if (!(error instanceof NotFound)) throw error
    throw new Forbidden(UNSEEN)
  }
}
