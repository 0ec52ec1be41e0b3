import { text } from 'node:stream/consumers'
import { SetupInput } from '../access/form.ts'
import { setUp } from '../access/setup.ts'
import { type Command, UsageProblem } from './command.ts'
import { requireNoSetUp, withDatabase } from './database.ts'

export const setup: Command = {
  name: 'setup',
  summary: 'Sets up an empty database without a browser.',
  details: 'Makes the first tenant, an MSP, and the first person who may sign in.',
  options: {
    organisation: { value: 'NAME', help: 'The managed service provider.', required: true },
    name: { value: 'NAME', help: 'Your name.', required: true },
    email: { value: 'ADDRESS', help: 'Your e-mail address, to sign in with.', required: true },
    'password-stdin': { help: 'Reads the password from standard input.', required: true },
  },
  async run({ options: { organisation, name, email } }, config) {
    const password = (await text(process.stdin)).replace(/\r?\n$/, '')
    const { data, error } = SetupInput.safeParse({ organisation, name, email, password })
    if (error) throw new UsageProblem(describe(error.issues))
    await withDatabase(config, async (db) => {
      await requireNoSetUp(db, config)
      await setUp(db, data)
    })
    console.log(`${data.organisation} is set up; ${data.email} may sign in.`)
    return 0
  },
}

const describe = (issues: { path: PropertyKey[]; message: string }[]) =>
  issues.map(({ path, message }) => `${String(path[0])}: ${message}`).join(' ')
