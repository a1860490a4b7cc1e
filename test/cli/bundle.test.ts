import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { bundleWorker } from '../../src/cli/bundle/bundle-worker.ts'
import { projectOf } from '../support/project.ts'

const run = promisify(execFile)

/** What the bundle of `src/main.ts` prints. */
async function printed(root: string, tsconfig = 'tsconfig.json'): Promise<string> {
  const bundle = await bundleWorker(root, join(root, 'src/main.ts'), join(root, tsconfig))
  if ('diagnostics' in bundle) throw new Error(JSON.stringify(bundle.diagnostics))
  return (await run(process.execPath, [bundle.file])).stdout.trim()
}

/** Links the folder as a package manager links the packages of a workspace. */
async function link(root: string, folder: string, target: string): Promise<void> {
  await mkdir(join(root, folder, '..'), { recursive: true })
  await symlink(join(root, target), join(root, folder))
}

const pkg = (name: string, more: object = {}) =>
  JSON.stringify({ name, type: 'module', exports: './index.js', ...more })

it('a bundle follows the paths of the tsconfig.json that is configured', async () => {
  const root = await projectOf({
    'src/main.ts': `import { text } from '@lib/text.js'\nconsole.log(text)\n`,
    'lib/text.ts': `export const text: string = 'found'\n`,
    'config/tsconfig.app.json': JSON.stringify({
      compilerOptions: { paths: { '@lib/*': ['../lib/*'] } },
      include: ['../src'],
    }),
  })
  expect(await printed(root, 'config/tsconfig.app.json')).toBe('found')
})

it('a bundle has in it the TypeScript of workspace packages, and leaves installed ones outside', async () => {
  const root = await projectOf({
    'src/main.ts': `import { text } from '@acme/jobs'
import installed from 'installed'
import { join } from 'node:path'
console.log(join(text, installed))
`,
    'packages/jobs/package.json': pkg('@acme/jobs', {
      exports: './src/index.ts',
      imports: { '#text': './src/text.ts' },
    }),
    // What Node cannot run as it is: an enum.
    'packages/jobs/src/index.ts': `import { Text } from '#text'\nexport const text = Text.Found\n`,
    'packages/jobs/src/text.ts': `export enum Text { Found = 'found' }\n`,
    'node_modules/installed/package.json': pkg('installed'),
    'node_modules/installed/index.js': `export default new URL('.', import.meta.url).pathname.split('/').at(-2)\n`,
  })
  await link(root, 'node_modules/@acme/jobs', 'packages/jobs')
  expect(await printed(root)).toBe('found/installed')
})

it('a bundle finds packages that only a workspace package has', async () => {
  const root = await projectOf({
    'src/main.ts': `import { text } from '@acme/jobs'\nconsole.log(text)\n`,
    'packages/jobs/package.json': pkg('@acme/jobs', { exports: './src/index.ts' }),
    'packages/jobs/src/index.ts': `import own from 'own'\nexport const text: string = own\n`,
    'packages/jobs/node_modules/own/package.json': pkg('own'),
    'packages/jobs/node_modules/own/index.js': `export default 'its own'\n`,
  })
  await link(root, 'node_modules/@acme/jobs', 'packages/jobs')
  expect(await printed(root)).toBe('its own')
})

it('a bundle leaves a package that is not installed to Node', async () => {
  const root = await projectOf({
    'src/main.ts': `const missing: string = 'missing'
await import('missing').catch((error: { code: string }) => console.log(missing, error.code))
`,
  })
  expect(await printed(root)).toBe('missing ERR_MODULE_NOT_FOUND')
})

it('a bundle leaves JavaScript of workspace packages where it is, and takes in the own', async () => {
  const root = await projectOf({
    'src/main.ts': `import { place } from '@acme/jobs'
import { own } from '#own'
console.log(place, own)
`,
    'package.json': JSON.stringify({ type: 'module', imports: { '#own': './src/own.js' } }),
    'src/own.js': `export const own = new URL('.', import.meta.url).pathname.split('/').at(-2)\n`,
    'packages/jobs/package.json': pkg('@acme/jobs'),
    'packages/jobs/index.js': `export const place = new URL('.', import.meta.url).pathname.split('/').at(-2)\n`,
  })
  await link(root, 'node_modules/@acme/jobs', 'packages/jobs')
  expect(await printed(root)).toBe('jobs build')
})

it('a bundle gives CommonJS what Node would, and lets modules declare the same names', async () => {
  const root = await projectOf({
    'src/main.ts': `import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import old from './old.cjs'
import { text } from '@acme/jobs'
const __filename: string = fileURLToPath(import.meta.url)
const __dirname: string = dirname(__filename)
console.log(old.text, old.folder === __dirname, text)
`,
    'src/old.cjs': `const { resolve } = require('node:path')
module.exports = { text: require('installed'), folder: resolve(__dirname) }
`,
    'node_modules/installed/package.json': pkg('installed', { type: 'commonjs' }),
    'node_modules/installed/index.js': `module.exports = 'installed'`,
    'packages/jobs/package.json': pkg('@acme/jobs', { exports: './src/index.cts' }),
    'packages/jobs/src/index.cts': `import own = require('own')\nexport const text: string = own\n`,
    'packages/jobs/node_modules/own/package.json': pkg('own', { type: 'commonjs' }),
    'packages/jobs/node_modules/own/index.js': `module.exports = 'own'`,
  })
  await link(root, 'node_modules/@acme/jobs', 'packages/jobs')
  expect(await printed(root)).toBe('installed true own')
})

it('a bundle that cannot be written is a finding, with its place', async () => {
  const root = await projectOf({ 'src/main.ts': '', '.pikku/build': 'a file' })
  const bundle = await bundleWorker(root, join(root, 'src/main.ts'), join(root, 'tsconfig.json'))
  expect(bundle).toMatchObject({
    diagnostics: [{ code: 'PKQ010', message: expect.stringContaining('.pikku/build') }],
  })
})
