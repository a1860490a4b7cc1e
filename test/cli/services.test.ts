import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'
import { typeErrors } from '../support/type-check.ts'

const main = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<string>(async () => {}) })
`

/** The generated types and worker, which have to compile; the second run has to agree. */
async function generated(files: Record<string, string>) {
  const root = await projectOf({ 'src/main.ts': main, ...files })
  expect(await runGenerate(root)).toMatchObject({ exitCode: 0, stderr: '' })
  expect(await runGenerate(root, { check: true })).toMatchObject({ exitCode: 0 })
  expect(typeErrors(root, [join(root, '.pikku/pikku-worker.embedded.gen.ts')])).toEqual([])
  return (await filesIn(join(root, '.pikku'))).get('pikku-types.gen.ts') ?? ''
}

const core = `import type { CoreSingletonServices } from '#pikku/pikku-types.gen.js'\n`
const written = 'SingletonServices = UserSingletonServices'

describe('a hand-written interface of the services', () => {
  it('may extend the core one through another', async () => {
    const types = await generated({
      'src/services.ts': `${core}interface Base extends CoreSingletonServices { base: string }
export interface SingletonServices extends Base { more: number }
`,
    })
    expect(types).toContain(written)
  })

  it('may extend the core one through another file', async () => {
    const types = await generated({
      'src/base.ts': `${core}export interface Base extends CoreSingletonServices { base: string }\n`,
      'src/services.ts': `import type { Base as Other } from './base.js'
export interface SingletonServices extends Other { more: number }
`,
    })
    expect(types).toContain(written)
  })

  it('may be in a declaration file', async () => {
    const types = await generated({
      'src/services.d.ts': `${core}export interface SingletonServices extends CoreSingletonServices { more: number }
export declare function createConfig(): { not: 'ours' }
`,
    })
    expect(types).toContain('from "../src/services.js"')
    expect(types).toContain(written)
    expect(types).toContain('Config = CoreConfig')
  })

  it('is not one that extends something else, or the generated one passed on', async () => {
    const types = await generated({
      'src/other.ts': `export interface SingletonServices extends Other {}\ninterface Other { more: number }\n`,
      'src/index.ts': `export type { SingletonServices } from '#pikku/pikku-types.gen.js'\n`,
    })
    expect(types).toContain('SingletonServices = CoreSingletonServices<Config>')
  })
})

describe('a function of the same name that is no factory', () => {
  it.each([
    ['createConfig', `export const createConfig = (chains: string[]) => ({ chains })`],
    ['createConfig', `export function createConfig(chains: string[]) {\n  return { chains }\n}`],
    [
      'createSingletonServices',
      `export const createSingletonServices = (a: number, b: number) => ({ a, b })`,
    ],
  ])('is left alone: %s', async (name, text) => {
    expect(await generated({ 'src/other.ts': `${text}\n` })).not.toContain(`typeof ${name}`)
  })

  it('is told from one that is', async () => {
    const types = await generated({
      'src/other.ts': `export const createConfig = (chains: string[]) => ({ chains })\n`,
      'src/services.ts': `export const createConfig = (zone = 'UTC') => ({ zone })
export const createSingletonServices = (config?: { zone: string }, ..._more: unknown[]) => ({ a: config })
`,
    })
    expect(types).toContain('from "../src/services.js"')
    expect(types).toContain('Awaited<ReturnType<typeof createSingletonServices>>')
  })
})

describe('a factory whose return type is the one that follows from it', () => {
  it('is an error', async () => {
    const root = await projectOf({
      'src/main.ts': main,
      'src/services.ts': `import type { SingletonServices } from '#pikku/pikku-types.gen.js'
export const createSingletonServices = async (): Promise<SingletonServices> => ({}) as never
`,
    })
    const { exitCode, stderr } = await runGenerate(root)
    expect(exitCode).toBe(1)
    expect(stderr).toMatchInlineSnapshot(`
      "src/services.ts:2:14 - error PKQ116: createSingletonServices returns SingletonServices, the generated type that follows from what it returns

        1 | import type { SingletonServices } from '#pikku/pikku-types.gen.js'
        2 | export const createSingletonServices = async (): Promise<SingletonServices> => ({}) as never
          |              ^

        Leave the return type out: what is returned says it.

      1 error; nothing was written
      "
    `)
  })

  it('is fine where the interface is written by hand', async () => {
    const types = await generated({
      'src/services.ts': `import type { CoreSingletonServices, SingletonServices as Ours } from '#pikku/pikku-types.gen.js'
export interface SingletonServices extends CoreSingletonServices { more: number }
export const createSingletonServices = async (): Promise<Ours> => ({ more: 1 }) as Ours
`,
    })
    expect(types).toContain(written)
  })
})
