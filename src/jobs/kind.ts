import type { Actor } from '../access/actor.ts'
import type { Permission } from '../access/permissions.ts'
import type { Db } from '../db/connection.ts'
import type { Pace } from '../pace.ts'
import type { Form } from '../web/form.ts'
import type { Rendering } from '../web/page.ts'

/** What a person sees before confirming. */
export type Preview = {
  /** A partial: fields of the form that changes the draft, sent to `revise`. */
  choice: Rendering | null
  /** A partial: what would happen. Null while something has to be chosen first. */
  rendering: Rendering | null
  /** Null while it cannot be started. */
  confirm: Confirmation | null
}

/** The form that starts the job: its button, and what it asks for. */
export type Confirmation = {
  label: string
  tone?: 'destructive'
  asks?: ConfirmField[]
  /** What it sends along without asking. */
  sends?: Record<string, string>
}

type ConfirmField = { name: string; label: string; hint?: string }

/**
 * A kind of work that is looked at before it is done, or takes longer than a second. `Input`,
 * `Outlook` and `Result` are kept as JSON. A feature defines its kinds; app.ts lists them. (Methods,
 * not properties with functions: only so may a list hold kinds with different inputs.)
 */
export type JobKind<Input, Outlook, Result> = {
  /** noun.verb, as in the change log. */
  name: string
  /** The part of the navigation to which it belongs; also the address and the name of its list. */
  section: 'tenants' | 'people' | 'computers' | 'schedules' | 'sessions'
  /** What the actor needs to have to start it. */
  permission(input: Input): Permission
  /** Whether whoever starts it has to show once more who they are, unless that was a while ago. */
  needs_proof?(input: Input): boolean
  /** Takes what a form on the preview sent into the draft. Throws Invalid. */
  revise?(db: Db, actor: Actor, input: Input, fields: Record<string, string>): Promise<Input>
  /** Works out what would happen, by reading alone. Calls `pace` as `run` does. */
  foresee(db: Db, actor: Actor, input: Input, pace: Pace): Promise<Outlook>
  /** Draws what would happen. */
  preview(db: Db, actor: Actor, outlook: Outlook, form: Form): Promise<Preview>
  /** Takes what was typed to confirm. Throws Invalid. */
  confirm?(input: Input, fields: Record<string, string>): Input
  /** Does it. Calls `pace` at least every few milliseconds; what that throws must get through. */
  run(db: Db, actor: Actor, input: Input, pace: Pace): Promise<Result>
  /**
   * A partial: what was done. Where the result has an `operation_id`, the page offers to take that
   * operation back.
   */
  outcome(result: Result): Rendering
}

/** Any kind: what its input, outlook and result are, only the kind itself knows. */
export type AnyJobKind = JobKind<unknown, object, object>
