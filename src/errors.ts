/** What the actor asked for does not exist, or may not be seen: the two look the same. */
export class NotFound extends Error {
  constructor(what?: string) {
    super(what ? `There is no ${what}.` : 'There is nothing here.')
  }
}

/** The actor may see it, but not do this to it. */
export class Forbidden extends Error {}

/**
 * The request is sound, but the state of things stands in its way. `current` is what is there now,
 * for an editor who saw something older.
 */
export class Conflict extends Error {
  readonly current: object | undefined

  constructor(message: string, current?: object) {
    super(message)
    this.current = current
  }
}

/** More is asked for at this moment than the server may take on. */
export class Busy extends Error {}

/** Messages by field; '' is the form as a whole. */
export type FieldErrors = Record<string, string>

/** What was sent cannot be accepted. `fields` says what is wrong, and where. */
export class Invalid extends Error {
  readonly fields: FieldErrors

  constructor(fields: FieldErrors) {
    super(Object.values(fields).join(' '))
    this.fields = fields
  }
}

/** A failure that the person who starts the program can mend: said in one line, without a stack. */
export class StartupProblem extends Error {}
