import type { Actor } from '../access/actor.ts'
import { nameTenants } from '../access/visible.ts'
import type { Doubt } from '../db/computer-schema.ts'
import type { Reads } from '../db/connection.ts'
import type { Form } from '../web/form.ts'
import { kindLooks } from './kinds.ts'
import type { ReportedFacts } from './sync/report.ts'
import { type UndecidedAgent, factsOf, listCandidates, listUndecided } from './undecided.ts'

const doubts: Record<Doubt, string> = {
  several: 'Several computers have this hardware.',
  contradiction: 'Its UUID and its serial number belong to different computers.',
  elsewhere: 'The same hardware is known at another tenant.',
}

type ShownAgent = UndecidedAgent & { tenant_name: string; why: string }

/** The agents that wait for a decision. */
export type UndecidedPage = { agents: ShownAgent[]; next_href: string | null }

/** One of them, beside the computers that it may be on. */
export type DecisionPage = {
  agent: ShownAgent
  facts: ReportedFacts
  kind_label: string
  candidates: {
    id: number
    name: string
    tenant_name: string
    serial_number: string
    hardware_uuid: string
    model: string
    operating_system: string
  }[]
  form: Form
}

const PAGE = 50

export async function undecidedPage(
  db: Reads,
  actor: Actor,
  after: number,
): Promise<UndecidedPage> {
  const found = await listUndecided(db, actor, { after, limit: PAGE + 1 })
  const agents = await withWords(db, actor, found.slice(0, PAGE))
  const last = agents.at(-1)
  return {
    agents,
    next_href: last && found.length > PAGE ? `/computers/undecided?after=${last.id}` : null,
  }
}

export async function decisionPage(
  db: Reads,
  actor: Actor,
  undecided: UndecidedAgent,
  form: Form,
): Promise<DecisionPage> {
  const [agent] = await withWords(db, actor, [undecided])
  const candidates = await listCandidates(db, actor, undecided)
  const names = await nameTenants(
    db,
    actor,
    candidates.map(({ tenant_id }) => tenant_id),
  )
  const facts = factsOf(undecided)
  return {
    agent: agent!,
    facts,
    kind_label: kindLooks[facts.kind].label,
    candidates: candidates.map((candidate) => ({
      ...candidate,
      tenant_name: names.get(candidate.tenant_id)?.name ?? '',
    })),
    form,
  }
}

async function withWords(db: Reads, actor: Actor, agents: UndecidedAgent[]): Promise<ShownAgent[]> {
  const names = await nameTenants(
    db,
    actor,
    agents.map(({ tenant_id }) => tenant_id),
  )
  return agents.map((agent) => ({
    ...agent,
    tenant_name: names.get(agent.tenant_id)?.name ?? '',
    why: agent.doubt ? doubts[agent.doubt] : '',
  }))
}
