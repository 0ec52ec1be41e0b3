/** What each of the cast is answered: everybody sends the same, and nothing but the request. */
export type Answers = {
  /** Somebody who is not signed in, and who sends no token. */
  anonymous: number
  /** Charlie, administrator of another client, Rival. */
  stranger: number
  /** Dana, who only reads, at Acme. */
  reader: number
  /** Bob, technician at Acme. */
  technician: number
  /** Alice, administrator of All tenants. */
  administrator: number
}

export type Expectation = Answers & {
  /** The address that is asked for, where ":id" is not to be 3, the client Acme. */
  address?: string
}

/** The same for everybody who is signed in. */
export const everybody = (anonymous: number, others: number): Answers => ({
  anonymous,
  stranger: others,
  reader: others,
  technician: others,
  administrator: others,
})

export const page = everybody(303, 200)
export const form = everybody(303, 422)
export const action = everybody(303, 303)
export const nothing = everybody(303, 404)
export const json = everybody(401, 200)
export const jsonBody = everybody(401, 422)
export const jsonNothing = everybody(401, 404)

/** The least of the roles that may do it. */
type Role = 'reader' | 'technician' | 'administrator'

/** For those at Acme who have at least this role: the stranger does not even see Acme. */
export const atAcme = (answers: Answers, least: Role): Answers => ({
  ...answers,
  stranger: 404,
  ...(least !== 'reader' && { reader: 403 }),
  ...(least === 'administrator' && { technician: 403 }),
})

/** For those who have at least this role anywhere, which the stranger has at Rival. */
export const anywhere = (answers: Answers, least: Role): Answers => ({
  ...atAcme(answers, least),
  stranger: answers.stranger,
})

/** For those at All tenants, which the others do not even see. */
export const atRoot = (answers: Answers): Answers => ({
  ...answers,
  stranger: 404,
  reader: 404,
  technician: 404,
})
