import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../db/connection.ts'
import { tagsOfTenants } from '../tags/effective.ts'
import { tagChoices } from '../tags/queries.ts'
import { wholeText } from '../web/numbers.ts'
import { actionsOf } from './batch/actions.ts'
import { readTenantId } from './head.ts'
import { isFiltered, type ListState, listHref, readList } from './list.ts'
import { type Listed, listPage, matchRow, rowLinks } from './list-page.ts'
import { getPath, getTenant, ROOT_ID } from './queries.ts'
import { listRights } from './rights.ts'
import { findMatches, pathsTo } from './search.ts'
import { getTop, type Top } from './top.ts'
import { listBranch, PAGE_SIZE } from './tree.ts'
import { views } from './views.ts'

type Id = { Params: { id: string } }
const Level = z.object({ level: wholeText(1, 99, 'Give a level.').catch(1) })

/** The list of tenants: the tree with its open branches, or what a search found. */
export function tenantListRoutes(app: FastifyInstance, db: Db) {
  const config = { permission: 'tenant.view', scope: 'anywhere' } as const

  app.get('/tenants', { config }, async ({ actor, query }, reply) => {
    const state = readList(query)
    const top = await getTop(db, actor)
    const branch = state.branch === ROOT_ID ? top : await getTenant(db, actor, state.branch)
    const found = isFiltered(state)
      ? await listMatches(db, actor, state)
      : await listTree(db, actor, state, branch)
    const listed = {
      ...found,
      tagsOf: await tagsOfRows(db, actor, found.rows),
      tags: await tagChoices(db, actor, 'tenant.view', state.tag),
    }
    const path = await pathOfBranch(db, actor, branch.id)
    const may = listRights(actor, branch)
    const page = listPage(state, listed, { branch, path, may }, top.descendant_count)
    return reply.page(views.list(page))
  })

  // The rows of a branch by themselves, to be put below it.
  app.get<Id>('/tenants/:id/children', { config }, async ({ actor, params, query }, reply) => {
    const id = readTenantId(params.id)
    const { level } = Level.parse(query)
    const state = readList(query)
    const branch = id === ROOT_ID ? await getTop(db, actor) : await getTenant(db, actor, id)
    const wanted = { sort: state.sort, open: new Set(state.open), level, after: state.after }
    const rows = await listBranch(db, actor, branch, wanted)
    const selectable = actionsOf(actor).length > 0
    const tagsOf = await tagsOfRows(db, actor, rows)
    const links = rowLinks({ ...state, after: null })
    return reply.page(views.rows({ rows, selectable, tagsOf, ...links }))
  })
}

type Found = Pick<Listed, 'rows' | 'total' | 'next_href'>

const tagsOfRows = (db: Db, actor: Actor, rows: Found['rows']) =>
  tagsOfTenants(
    db,
    actor,
    rows.filter((row) => 'id' in row),
  )

async function listTree(db: Db, actor: Actor, state: ListState, branch: Top): Promise<Found> {
  const { sort, after } = state
  const rows = await listBranch(db, actor, branch, {
    sort,
    after,
    open: new Set(state.open),
    level: 1,
  })
  return { rows, total: null, next_href: null }
}

async function listMatches(db: Db, actor: Actor, state: ListState): Promise<Found> {
  const { rows, next, total } = await findMatches(db, actor, state, {
    limit: PAGE_SIZE,
    descending: state.sort.descending,
    after: state.after,
  })
  const pathTo = await pathsTo(db, actor, rows)
  return {
    rows: rows.map((row) => matchRow(row, pathTo(row), state.q)),
    total,
    next_href: next && listHref(state, { after: next }),
  }
}

/** Where the list is, for the head of the page: the list itself, or the way to one branch. */
async function pathOfBranch(db: Db, actor: Actor, id: number) {
  if (id === ROOT_ID) return [{ name: 'Tenants' }]
  const steps = await getPath(db, actor, id)
  return steps.map((step) => {
    if (step.id === id) return { name: step.name }
    if (step.id === ROOT_ID) return { name: 'Tenants', href: '/tenants' }
    return step.visible ? { name: step.name, href: `/tenants/${step.id}` } : { name: step.name }
  })
}
