import type { UndoOffer } from '../audit/undo-offer.ts'
import type { Form } from '../web/form.ts'
import { type Rendering, view } from '../web/page.ts'
import type { AnyJobKind, Preview } from './kind.ts'
import type { Job, listJobs } from './queries.ts'

type JobHead = Pick<Job, 'id' | 'title' | 'state' | 'created_at' | 'ended_at'>

export const views = {
  draft: view<{ job: JobHead; section: AnyJobKind['section']; preview: Preview; form: Form }>(
    'jobs/draft',
  ),
  running: view<{
    job: JobHead
    section: AnyJobKind['section']
    done: number
    total: number
    /** Whether it is only worked out what the job would do. */
    is_preview: boolean
  }>('jobs/running'),
  ended: view<{
    job: JobHead
    section: AnyJobKind['section']
    outcome: Rendering | null
    /** Of what changed something: whether it can be taken back. */
    undo: UndoOffer | null
    reason: string
  }>('jobs/ended'),
  list: view<Awaited<ReturnType<typeof listJobs>>>('jobs/list'),
}
