import { describe, expect, it } from 'vitest'
import { projectOf, runGenerate } from '../support/project.ts'

const tsconfig = (options: object, more: object = {}) =>
  JSON.stringify({
    compilerOptions: { target: 'ES2023', types: [], module: 'NodeNext', strict: true, ...options },
    include: ['src'],
    ...more,
  })

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const wiring = `${imports}wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<string>(() => {}) })\n`

/** The queues that are found, by name. */
async function found(files: Record<string, string>): Promise<string[]> {
  const root = await projectOf(files)
  const { stdout } = await runGenerate(root, { json: true })
  const report: unknown = JSON.parse(stdout)
  expect(report).toMatchObject({ diagnostics: [] })
  if (typeof report !== 'object' || report === null || !('queues' in report)) return []
  return Array.isArray(report.queues) ? report.queues.map((it: { queue: string }) => it.queue) : []
}

describe('the scan', () => {
  it.each([
    ['an output folder', { outDir: 'dist' }],
    ['an output folder and a root', { outDir: 'dist', rootDir: '.' }],
    ['a composite project', { composite: true, outDir: 'dist', rootDir: '.' }],
    ['the resolution of bundlers', { module: 'ESNext', moduleResolution: 'Bundler' }],
    ['extensions of sources', { allowImportingTsExtensions: true, noEmit: true }],
  ])('works with %s', async (_name, options) => {
    expect(await found({ 'src/a.ts': wiring, 'tsconfig.json': tsconfig(options) })).toEqual(['a'])
  })

  it('works with path aliases and no imports map', async () => {
    const options = { paths: { '#pikku/*': ['./.pikku/*'] } }
    expect(
      await found({
        'src/a.ts': wiring,
        'tsconfig.json': tsconfig(options),
        'package.json': '{ "type": "module" }',
      }),
    ).toEqual(['a'])
  })

  it('follows what an extended tsconfig says', async () => {
    expect(
      await found({
        'src/a.ts': wiring,
        'base.json': tsconfig({}),
        'tsconfig.json': '{ "extends": "./base.json" }',
      }),
    ).toEqual(['a'])
  })

  it('reads JavaScript, TSX and modules of either kind', async () => {
    const typed = (name: string) => wiring.replace(`'a'`, `'${name}'`)
    expect(
      await found({
        'src/a.tsx': typed('tsx'),
        'src/b.mts': typed('mts'),
        'src/c.js': typed('js').replace(
          '<string>(() => {})',
          '((_services, /** @type {string} */ _data) => {})',
        ),
        'tsconfig.json': tsconfig({ allowJs: true, jsx: 'preserve' }),
      }),
    ).toEqual(['js', 'mts', 'tsx'])
  })

  it('reads wirings of files that are only imported', async () => {
    expect(
      await found({
        'src/a.ts': `import '../lib/wiring.js'\n`,
        'lib/wiring.ts': wiring,
        'lib/not-imported.ts': wiring.replace(`'a'`, `'b'`),
      }),
    ).toEqual(['a'])
  })

  it('takes no function of the same name for ours', async () => {
    expect(
      await found({
        'src/a.ts': `${wiring}
const other = { wireQueueWorker: (_wiring: { queue: string }) => {} }
other.wireQueueWorker({ queue: 'b' })
function local(wireQueueWorker: (wiring: { queue: string }) => void) {
  wireQueueWorker({ queue: 'c' })
}
local(() => {})
`,
      }),
    ).toEqual(['a'])
  })
})
