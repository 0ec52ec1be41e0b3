import type { Actor } from '../access/actor.ts'
import { permits } from '../access/decide.ts'
import type { Permission } from '../access/permissions.ts'
import { lacks } from '../access/visible.ts'
import type { Reads } from '../db/connection.ts'
import { NotFound } from '../errors.ts'
import { type PathStep, ROOT_ID, getPath } from '../tenants/queries.ts'
import { readId } from '../web/numbers.ts'
import type { TabLink } from '../web/tabs.ts'
import { kindLooks, stateLabels } from './kinds.ts'
import { type Computer, getComputer } from './queries.ts'
import { type TabPath, tabLinks } from './tabs.ts'

/** What stands above each page of a computer. */
export type ComputerHead = {
  computer: Computer
  kind_label: string
  /** What it is marked as: nothing where it is active and was seen. */
  mark: string
  /** From the client down to the tenant it belongs to. */
  tenants: PathStep[]
  /** For the top bar. */
  path: { name: string; href?: string }[]
  tabs: TabLink[]
  may: Record<'edit' | 'move' | 'delete' | 'purge' | 'person', boolean>
}

/**
 * The computer with the given id, and the head of its page on the tab `current`, which takes the
 * permission `needed`. Throws NotFound when there is none that the actor may see.
 */
export async function getComputerHead(
  db: Reads,
  actor: Actor,
  id: number,
  current: TabPath,
  needed: Permission = 'computer.view',
): Promise<ComputerHead> {
  const computer = await getComputer(db, actor, id)
  const may = (permission: Permission) => permits(actor.access, permission, computer.tenant_path)
  if (!may(needed)) throw lacks(needed)
  const steps = await getPath(db, actor, computer.tenant_id)
  const tenants = steps.filter((step) => step.id !== ROOT_ID)
  return {
    computer,
    kind_label: kindLooks[computer.kind].label,
    mark: markOf(computer),
    tenants,
    path: [{ name: 'Computers', href: '/computers' }, { name: computer.name }],
    tabs: tabLinks(id, current, may),
    may: {
      edit: may('computer.edit'),
      move: may('computer.move'),
      delete: may('computer.delete'),
      purge: may('computer.purge'),
      person: may('person.view'),
    },
  }
}

function markOf({ state, tab }: Computer) {
  if (state === 'deleted' || state === 'excluded') return stateLabels[state]
  return tab === 'stale' ? 'Stale' : state === 'new' ? 'New' : ''
}

/** The id in an address. Throws NotFound for a text that is none. */
export function readComputerId(text: string) {
  const id = readId(text)
  if (id === undefined) throw new NotFound('computer of this name')
  return id
}
