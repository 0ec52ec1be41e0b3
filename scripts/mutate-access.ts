import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Mutant, mutants } from './access-mutants.ts'
import { callMutants } from './call-mutants.ts'

// Shows that the tests of access bite: takes each check away in turn, in a copy of the tree, and
// expects a test that is named for it to fail. `npm run mutate` does those of the core; with
// `-- --all` also each place where the program calls it, which takes an hour. Words that follow
// choose the mutants whose file holds one of them.

const COPIED = ['src', 'views', 'public', 'migrations', 'test', 'types', 'package.json']
const AT_ONCE = 2

const folder = mkdtempSync(join(tmpdir(), 'tenantry-mutants-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

function copyTree(name: string) {
  const tree = join(folder, name)
  for (const entry of COPIED) cpSync(entry, join(tree, entry), { recursive: true })
  symlinkSync(resolve('node_modules'), join(tree, 'node_modules'))
  return tree
}

/** Fewer forests than usual do for most mutants; what they miss is looked for in many more. */
const ROUNDS = [40, 400]

/** Whether a test passes in a tree, with so many random cases. The first failure ends it. */
const passes = (tree: string, test: string, rounds: number) =>
  new Promise<boolean>((settle) => {
    const env = {
      ...process.env,
      TENANTRY_TEST_ROUNDS: String(rounds),
      TAP_BAIL: '1',
      // Seconds. The longest takes about 30 on a busy machine, where a test that is run alone is given 30.
      TAP_TIMEOUT: '300',
    }
    spawn(process.execPath, [test], { cwd: tree, env, stdio: 'ignore' }).once('exit', (code) =>
      settle(code === 0),
    )
  })

/** Whether a file is sound by itself: what cannot be loaded shows nothing of any test. */
const loads = (tree: string, file: string) =>
  new Promise<boolean>((settle) => {
    const words = ['--input-type=module', '--eval', `await import('./${file}')`]
    spawn(process.execPath, words, { cwd: tree, stdio: 'ignore' }).once('exit', (code) =>
      settle(code === 0),
    )
  })

/** The first of the tests that fails. */
async function firstFailing(tree: string, tests: string[], rounds: number) {
  for (const test of tests) if (!(await passes(tree, test, rounds))) return test
  return undefined
}

/** Whether a test noticed that the check is gone. */
async function isKilled(tree: string, { file, without, instead = '', killed_by }: Mutant) {
  const source = readFileSync(file, 'utf8')
  const count = source.split(without).length - 1
  if (count === 0) throw new Error(`${file} does not hold:\n${without}`)
  writeFileSync(
    join(tree, file),
    source.replace(without, () => instead),
  )
  if (!(await loads(tree, file))) throw new Error(`${file} does not even load without:\n${without}`)
  let killer: string | undefined
  for (const rounds of ROUNDS) killer ??= await firstFailing(tree, killed_by, rounds)
  writeFileSync(join(tree, file), source)
  return killer !== undefined
}

/** Does each of the tasks, in as many trees at once as there are. */
async function inTrees<Task>(tasks: Task[], work: (tree: string, task: Task) => Promise<void>) {
  const waiting = [...tasks]
  const trees = Array.from({ length: AT_ONCE }, (_, index) => copyTree(`tree-${index}`))
  await Promise.all(
    trees.map(async (tree) => {
      for (let task = waiting.shift(); task; task = waiting.shift()) await work(tree, task)
    }),
  )
  for (const tree of trees) rmSync(tree, { recursive: true })
}

const words = process.argv.slice(2).filter((word) => word !== '--all')
const known = process.argv.includes('--all') ? [...mutants, ...callMutants()] : mutants
const chosen = known.filter(
  ({ file }) => words.length === 0 || words.some((word) => file.includes(word)),
)
const failing: string[] = []
await inTrees([...new Set(chosen.flatMap(({ killed_by }) => killed_by))], async (tree, test) => {
  if (await passes(tree, test, ROUNDS[0]!)) return
  failing.push(`${test} fails with every check in its place`)
  console.error(failing.at(-1))
})
if (failing.length > 0) {
  console.error('No check was taken away: the tests must pass first.')
  process.exit(1)
}
await inTrees(chosen, async (tree, mutant) => {
  if (await isKilled(tree, mutant)) return
  const { file, killed_by, title = mutant.without } = mutant
  failing.push(`${file}: ${killed_by.join(', ')} do not miss\n${title}`)
  console.error(failing.at(-1))
})
console.log(`${chosen.length - failing.length} of ${chosen.length} mutants killed`)
process.exitCode = failing.length > 0 ? 1 : 0
