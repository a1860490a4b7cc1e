import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { insideProject, installFailed } from '../../src/cli/diagnostics.ts'
import { install } from '../../src/cli/init/install.ts'
import { reportDiagnostics } from '../../src/cli/report.ts'
import { readPages } from '../support/code-page.ts'
import { initAgain, initIn } from '../support/init.ts'
import { filesIn } from '../support/project.ts'

const json = (value: unknown) => JSON.stringify(value)
const options = (compilerOptions: object, rest: object = { include: ['src'] }) =>
  json({ compilerOptions, ...rest })
const [esm, cjs] = [json({ type: 'module' }), json({ name: 'shop' })]
const typescript5 = json({ type: 'module', devDependencies: { typescript: '~5.9.0' } })

describe('nothing is written', { timeout: 60_000 }, () => {
  it.each<[string, Record<string, string>, RegExp]>([
    [
      'a broken package.json',
      { 'package.json': '{\n  "name": "shop",\n}' },
      /^package\.json:3:1 - error PKQ014: package\.json cannot be used: .+\n\n {2}2 \| .+\n {2}3 \| }\n {4}\| \^\n/,
    ],
    ['a package.json that is none', { 'package.json': '[]' }, /PKQ014: .+: it must be an object\n/],
    ['a broken pikku.config.json', { 'pikku.config.json': '{' }, /error PKQ005: /],
    [
      'a broken tsconfig.json',
      { 'package.json': esm, 'tsconfig.json': options({ module: 'nodenxt' }) },
      /^tsconfig\.json:1:\d+ - error PKQ003: /,
    ],
    [
      'a tsconfig.json that only refers to others',
      { 'package.json': esm, 'tsconfig.json': '{ "files": [], "references": [] }' },
      /^error PKQ004: tsconfig\.json includes no TypeScript file\n/,
    ],
    [
      'a tsconfig that is named and not there',
      { 'package.json': esm, 'pikku.config.json': '{ "tsconfig": "tsconfig.app.json" }' },
      /^error PKQ002: there is no tsconfig\.app\.json\n/,
    ],
    [
      'CommonJS with verbatimModuleSyntax, as `tsc --init` has it',
      {
        'package.json': cjs,
        'tsconfig.json': options({ module: 'nodenext', verbatimModuleSyntax: true }),
      },
      /^tsconfig\.json:1:\d+ - error PKQ015: .+: with "verbatimModuleSyntax" a CommonJS project/,
    ],
    [
      'CommonJS that cannot import ES modules',
      { 'package.json': cjs, 'tsconfig.json': options({ module: 'node16' }) },
      /^tsconfig\.json:1:\d+ - error PKQ015: .+: with this "module" a CommonJS project cannot/,
    ],
    [
      'a moduleResolution that knows no exports',
      {
        'package.json': esm,
        'base.json': options({
          module: 'esnext',
          moduleResolution: 'node10',
          ignoreDeprecations: '6.0',
        }),
        'tsconfig.json': '{ "extends": "./base.json" }',
      },
      /^error PKQ015: .+: with this "moduleResolution" the compiler/,
    ],
    [
      'what was the default before TypeScript 6',
      { 'package.json': typescript5, 'tsconfig.json': options({ module: 'esnext' }) },
      /^tsconfig\.json:1:\d+ - error PKQ015: .+: with this "module" the compiler/,
    ],
    [
      'a folder of a project',
      { '../package.json': esm, 'a.ts': '' },
      /^error PKQ018: \S+shop is a folder of the project in \S+\n/,
    ],
    [
      'a file where a folder has to be',
      { 'package.json': esm, src: 'not a folder' },
      /^error PKQ010: src\/email\.function\.ts cannot be written: .+\n {2}Nothing is half-written\. Make the folder writable\.\n/,
    ],
  ])('%s', async (_name, files, stderr) => {
    const run = await initIn(files)
    expect(run.stderr).toMatch(stderr)
    expect(run).toMatchObject({ exitCode: 1, changed: {} })
    expect(run.stdout).not.toContain('written')
  })
})

it.each([
  ['PKQ018', insideProject('shop/src', 'shop')],
  ['PKQ019', installFailed('npm install bullmq@~6.7.0 ioredis@6', 'ended with 1')],
])('what the page of %s says', (code, problem) => {
  let printed = ''
  reportDiagnostics([problem], { root: '.', output: { write: (text) => (printed += text) } })
  expect(readPages().find((page) => page.code === code)?.printed).toBe(printed.trimEnd() + '\n')
})

it('the same module setting is no problem from TypeScript 6 on', async () => {
  const files = { 'tsconfig.json': options({ module: 'esnext', noEmit: true }) }
  for (const typescript of ['^6.0.0', '^7.0.0']) {
    const manifest = json({ type: 'module', devDependencies: { typescript } })
    expect(await initIn({ ...files, 'package.json': manifest })).toMatchObject({ exitCode: 0 })
  }
})

it('an empty folder inside a project is the place for one of its own', async () => {
  const { root } = await initIn({ '../package.json': esm, '../src/a.ts': '' })
  const folder = join(root, '../packages/jobs')
  await mkdir(folder, { recursive: true })
  const { exitCode, changed } = await initAgain(folder)
  expect(exitCode).toBe(0)
  expect(changed['package.json']).toContain('"name": "jobs"')
})

describe('installing', () => {
  const node = process.execPath

  const packages = ['pg', 'pikku-queue']
  const silent = () => undefined

  it('runs one command after the other', async () => {
    const { root } = await initIn({})
    const append = (text: string) => ({
      command: `${node} -e fs.appendFileSync('said','${text}')`,
      packages,
    })
    expect(await install(root, [append('one'), append('two')], silent)).toEqual([])
    expect((await filesIn(root)).get('said')).toBe('onetwo')
  })

  it.each([
    [`${node} -e process.exit(3)`, 'ended with 3'],
    ['no-such-package-manager add', 'could not be started: spawn no-such-package-manager ENOENT'],
  ])('%s', async (command, outcome) => {
    const { root } = await initIn({})
    const steps = [command, `${node} -e process.exit(4)`].map((it) => ({ command: it, packages }))
    const problems = await install(root, steps, silent)
    expect(problems).toMatchObject([{ code: 'PKQ019', message: `\`${command}\` ${outcome}` }])
  })

  it('goes on after a command that fails, and has done what it should', async () => {
    const manifest = json({ dependencies: { pg: '8', 'pikku-queue': '1', ioredis: '6' } })
    const failing = { command: `${node} -e process.exit(3)`, packages }
    const last = { command: `${node} -e fs.writeFileSync('said','last')`, packages }
    const there = ['pg', 'pikku-queue', 'bullmq']
    const installed = Object.fromEntries(there.map((it) => [`node_modules/${it}/a.js`, '']))
    const { root } = await initIn({ ...installed, 'package.json': manifest })
    const said: string[] = []
    expect(await install(root, [failing, last], (line) => said.push(line))).toEqual([])
    expect(said).toEqual([
      `\`${failing.command}\` ended with 3, and has installed what it should; going on`,
    ])
    expect((await filesIn(root)).get('said')).toBe('last')

    for (const lacking of ['ioredis', 'bullmq']) {
      const steps = [{ ...failing, packages: ['pg', lacking] }, last]
      expect(await install(root, steps, silent)).toMatchObject([{ code: 'PKQ019' }])
    }
  })
})
