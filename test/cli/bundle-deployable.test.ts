import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { bundleDeployable } from '../../src/cli/bundle/bundle-deployable.ts'
import { projectOf } from '../support/project.ts'

async function bundle(files: Record<string, string>, external: string[] = []) {
  const root = await projectOf(files)
  return bundleDeployable({
    root,
    entry: join(root, 'src/main.ts'),
    tsconfig: join(root, 'tsconfig.json'),
    outFile: join(root, 'dist/worker.js'),
    minify: false,
    entryPoint: 'pikku-queue/sqs',
    external,
  })
}

async function built(files: Record<string, string>, external: string[] = []) {
  const result = await bundle(files, external)
  if ('diagnostics' in result) throw new Error(JSON.stringify(result.diagnostics))
  return result
}

/** What the code prints in a folder with nothing else in it. */
async function printed(code: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'pikku-built-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'worker.mjs'), code)
  return (await promisify(execFile)(process.execPath, [join(folder, 'worker.mjs')])).stdout.trim()
}

const pkg = (name: string, more: object = {}) => JSON.stringify({ name, version: '1.2.3', ...more })

it('takes packages in, with what CommonJS expects to find', async () => {
  const { code, outside } = await built({
    'src/main.ts': `import old from 'old'
import young from 'young'
const require: string = 'a name of its own'
console.log(old, young, require.length)
`,
    'node_modules/old/package.json': pkg('old'),
    'node_modules/old/index.js': `const path = require('node:' + 'path')
module.exports = path.basename(__filename)`,
    'node_modules/young/package.json': pkg('young', { type: 'module', exports: './index.js' }),
    'node_modules/young/index.js': `export default 'young'`,
  })
  expect(await printed(code)).toBe('worker.mjs young 17')
  expect([...outside.needed, ...outside.optional]).toEqual([])
})

it('lets modules declare the names that CommonJS finds given', async () => {
  const { code } = await built({
    'src/main.ts': `import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import old from 'old'
const __filename: string = fileURLToPath(import.meta.url)
const __dirname: string = dirname(__filename)
console.log(old === __dirname)
`,
    'node_modules/old/package.json': pkg('old'),
    'node_modules/old/index.js': `module.exports = require('node:path').resolve(__dirname)`,
  })
  expect(await printed(code)).toBe('true')
})

const native = {
  'node_modules/native/package.json': pkg('native', { gypfile: true }),
  'node_modules/native/index.js': `module.exports = 'native'`,
}

it('leaves native code outside, and names it unless whoever imports it can do without', async () => {
  const main = { 'src/main.ts': `import 'native'\n` }
  expect([...(await built({ ...native, ...main })).outside.needed]).toEqual([['native', '1.2.3']])

  const { outside, code } = await built({
    ...native,
    'src/main.ts': `import speed from 'fast'\nconsole.log(speed)\n`,
    'node_modules/fast/package.json': pkg('fast', { optionalDependencies: { native: '*' } }),
    'node_modules/fast/index.js': `try { module.exports = require('native') } catch { module.exports = 'slow' }`,
  })
  expect([...outside.needed]).toEqual([])
  expect([...outside.optional]).toEqual(['native'])
  expect(await printed(code)).toBe('slow')

  const byPlatform = pkg('native', { optionalDependencies: { '@native/linux-x64': '*' } })
  const found = await built({ ...native, ...main, 'node_modules/native/package.json': byPlatform })
  expect([...found.outside.needed.keys()]).toEqual(['native'])
})

it('leaves outside what it is told to, and says so of native code that it did not know', async () => {
  const files = {
    'src/main.ts': `import 'addon'\n`,
    'node_modules/addon/package.json': pkg('addon'),
    'node_modules/addon/index.js': `module.exports = require('./addon.node')`,
    'node_modules/addon/addon.node': '',
  }
  expect(await bundle(files)).toMatchObject({
    diagnostics: [{ code: 'PKQ011', message: expect.stringContaining('--external') }],
  })
  const { outside } = await built(files, ['addon', 'adon'])
  expect([...outside.needed]).toEqual([['addon', '1.2.3']])
  expect(['addon', 'adon'].filter((name) => outside.has(name))).toEqual(['addon'])
})

it('finds the packages of the provider missing, and none that only other providers need', async () => {
  const { outside } = await built({
    'src/main.ts': `import { load } from 'pikku-queue/sqs'
export const others = () => import('pikku-queue/bullmq')
await load()
`,
    'node_modules/pikku-queue/package.json': pkg('pikku-queue', {
      type: 'module',
      exports: { './sqs': './dist/runtime/providers/sqs/index.js' },
    }),
    'node_modules/pikku-queue/dist/runtime/providers/sqs/index.js': `export const load = () => import('the-sdk')`,
  })
  expect([...outside.missing]).toEqual(['the-sdk'])
})
