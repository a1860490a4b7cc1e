import { describe, expect, it } from 'vitest'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

const imports = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'\n`
const func = `const func = pikkuSessionlessFunc<string>(async () => {})\n`

/** What is printed on a project with an error, where nothing may be written. */
async function errors(source: string, more: Record<string, string> = {}): Promise<string> {
  const root = await projectOf({ 'src/main.ts': source, ...more })
  const before = await filesIn(root)
  const { exitCode, stderr } = await runGenerate(root)
  expect(exitCode).toBe(1)
  expect(await filesIn(root)).toEqual(before)
  return stderr
}

/** What is printed on a project that generates nevertheless. */
async function warnings(source: string): Promise<string> {
  const root = await projectOf({ 'src/main.ts': source })
  const { exitCode, stderr } = await runGenerate(root)
  expect(exitCode).toBe(0)
  return stderr
}

describe('errors in what is scanned', () => {
  it('imports of the generated functions that lead nowhere', async () => {
    const source = (specifier: string) =>
      `import { pikkuSessionlessFunc, wireQueueWorker } from '${specifier}'\n${func}wireQueueWorker({ queue: 'a', func })\n`
    expect(
      await errors(source('#pikku/pikku-types.gen.js'), { 'package.json': '{ "type": "module" }' }),
    ).toMatchInlineSnapshot(`
      "src/main.ts:1:55 - error PKQ117: "#pikku/pikku-types.gen.js" leads nowhere: what is wired through it would be missed

        1 | import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
          |                                                       ^

        Have package.json say { "imports": { "#pikku/*": "./.pikku/*" } } and import '#pikku/pikku-types.gen.js'.

      1 error; nothing was written
      "
    `)
    expect(await errors(source('./pikku-type.gen.js'))).toMatchInlineSnapshot(`
      "src/main.ts:1:55 - error PKQ117: "./pikku-type.gen.js" leads nowhere: what is wired through it would be missed

        1 | import { pikkuSessionlessFunc, wireQueueWorker } from './pikku-type.gen.js'
          |                                                       ^

        The generated functions are in '../.pikku/pikku-types.gen.js'.

      1 error; nothing was written
      "
    `)
  })

  it('imports that lead nowhere, where nothing is known for that: in another file, too', async () => {
    const there = { 'src/names.ts': `export { email } from './missing.js'\n` }
    const name = `import { email } from './names.js'\nconst queue = \`new-\${email}\``
    expect(await errors(`${imports}${func}${name}\nwireQueueWorker({ queue, func })\n`, there))
      .toMatchInlineSnapshot(`
        "src/main.ts:5:19 - error PKQ104: the queue name cannot be known before the program runs, as "./missing.js", imported at src/names.ts:1:23, leads nowhere

          4 | const queue = \`new-\${email}\`
          5 | wireQueueWorker({ queue, func })
            |                   ^

          Correct that import; \`npx tsc\` says the same.

        1 error; nothing was written
        "
      `)
    const all = `import * as mail from 'mailer'\nwireQueueWorker({ queue: 'a', func: mail.send })\n`
    const said = 'PKQ113: "send", wired to queue "a", cannot be found'
    expect(await errors(imports + all)).toContain(
      `${said}, as "mailer", imported at src/main.ts:2:23, leads nowhere\n`,
    )
    // It is there, and nobody says what it has.
    for (const there of [
      { 'node_modules/mailer/package.json': '{}', 'node_modules/mailer/index.js': '' },
      { 'src/mailer.d.ts': `declare module 'mailer' { export const send: any }` },
    ]) {
      expect(await errors(imports + all, there)).toContain(`${said}\n`)
    }
  })

  it('names that two files each export from the other', async () => {
    const circle = {
      'src/a.ts': `export { it } from './b.js'\n`,
      'src/b.ts': `export { it } from './a.js'\n`,
    }
    const of = (wiring: string) => `${imports}${func}import { it } from './a.js'\n${wiring}\n`
    expect(await errors(of(`wireQueueWorker({ queue: it, func })`), circle)).toContain(
      'src/main.ts:4:26 - error PKQ104: the queue name cannot be known before the program runs\n',
    )
    expect(await errors(of(`wireQueueWorker({ queue: 'a', func: it })`), circle)).toContain(
      'src/main.ts:4:37 - error PKQ113: "it", wired to queue "a", cannot be found\n',
    )
  })

  it('broken syntax in another file, where a contract or the services need it', async () => {
    const wiring = `wireQueueWorker({ queue: 'a', func: pikkuSessionlessFunc<Order>(async () => {}) })`
    const source = `${imports}import type { Order } from './order.js'\n${wiring}\n`
    const order = 'export interface Order { id: string }'
    expect(await errors(source, { 'src/order.ts': `${order}\nexport const = 1` })).toContain(
      'src/order.ts:2:14 - error PKQ101: Variable declaration expected.',
    )
    const services = 'export const createSingletonServices = async () => ({'
    expect(await errors(source, { 'src/order.ts': order, 'src/services.ts': services })).toContain(
      "src/services.ts:1:54 - error PKQ101: '}' expected.",
    )
    const aside = {
      'src/order.ts': order,
      'src/aside.ts': 'export const = 1',
      'src/main.ts': source,
    }
    expect(await runGenerate(await projectOf(aside))).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('a wiring that is not an object', async () => {
    expect(await errors(`${imports}declare const make: () => any\nwireQueueWorker(make())\n`))
      .toMatchInlineSnapshot(`
      "src/main.ts:3:17 - error PKQ102: what is wired cannot be known before the program runs

        2 | declare const make: () => any
        3 | wireQueueWorker(make())
          |                 ^

        Give wireQueueWorker an object where it is called: wireQueueWorker({ queue: 'name', func }).

      1 error; nothing was written
      "
    `)
  })

  it('a queue name from the environment', async () => {
    expect(
      await errors(
        `${imports}${func}wireQueueWorker({\n\tqueue: process.env.QUEUE ?? 'a',\n\tfunc,\n})\n`,
      ),
    ).toMatchInlineSnapshot(`
      "src/main.ts:4:9 - error PKQ104: the queue name cannot be known before the program runs

        3 | wireQueueWorker({
        4 |  queue: process.env.QUEUE ?? 'a',
          |         ^

        Use a literal, a constant, an enum member or a property of a constant object.

      1 error; nothing was written
      "
    `)
  })

  it('queue names that are not text', async () => {
    expect(await errors(`${imports}${func}wireQueueWorker({ queue: '', func })\n`))
      .toMatchInlineSnapshot(`
      "src/main.ts:3:26 - error PKQ105: a queue name must be a string that is not empty

        2 | const func = pikkuSessionlessFunc<string>(async () => {})
        3 | wireQueueWorker({ queue: '', func })
          |                          ^

        Write it as queue: 'name'.

      1 error; nothing was written
      "
    `)
    expect(await errors(`${imports}${func}wireQueueWorker({ queue: 5 as any, func })\n`)).toContain(
      'PKQ105',
    )
  })

  it('no function', async () => {
    expect(await errors(`${imports}wireQueueWorker({ queue: 'a' } as any)\n`))
      .toMatchInlineSnapshot(`
      "src/main.ts:2:1 - error PKQ107: queue "a" is wired to no function

        1 | import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
        2 | wireQueueWorker({ queue: 'a' } as any)
          | ^

        Give it one: func: yourFunction, made with pikkuSessionlessFunc.

      1 error; nothing was written
      "
    `)
  })

  it('services that are exported twice', async () => {
    const source = `${imports}${func}wireQueueWorker({ queue: 'a', func })\n`
    expect(
      await errors(source, {
        'src/a.ts': 'export const createConfig = () => ({})\n',
        'src/b.ts': 'export function createConfig() {\n  return {}\n}\n',
        'src/index.ts': `export { createConfig } from './a.js'\n`,
      }),
    ).toMatchInlineSnapshot(`
      "src/a.ts:1:14 - error PKQ112: createConfig is exported twice: here and at src/b.ts:1:17

        1 | export const createConfig = () => ({})
          |              ^

        Keep one, or rename the other, or exclude its file in tsconfig.json.

      1 error; nothing was written
      "
    `)
  })
})

describe('warnings about what is scanned', () => {
  it('config, options and tags that are known at run time only', async () => {
    expect(
      await warnings(
        `${imports}${func}declare const env: { size: number; tags: string[] }\n` +
          `wireQueueWorker({ queue: 'a', func, tags: env.tags, config: { timeout: env.size } })\n` +
          `wireQueueWorker({ queue: 'b', func, config: { ...JSON.parse('{}') } })\n`,
      ),
    ).toMatchInlineSnapshot(`
      "src/main.ts:4:37 - warning PKQ111: the tags of queue "a" cannot be known before the program runs

        3 | declare const env: { size: number; tags: string[] }
        4 | wireQueueWorker({ queue: 'a', func, tags: env.tags, config: { timeout: env.size } })
          |                                     ^

        They work, but the generated files do not show them. Use literals or constants.

      src/main.ts:4:63 - warning PKQ110: "timeout" of queue "a" cannot be known before the program runs

        3 | declare const env: { size: number; tags: string[] }
        4 | wireQueueWorker({ queue: 'a', func, tags: env.tags, config: { timeout: env.size } })
          |                                                               ^

        It works, but is checked only when the worker starts, and clients do not know it.

      src/main.ts:5:47 - warning PKQ109: what the config of queue "b" has from here cannot be known before the program runs

        4 | wireQueueWorker({ queue: 'a', func, tags: env.tags, config: { timeout: env.size } })
        5 | wireQueueWorker({ queue: 'b', func, config: { ...JSON.parse('{}') } })
          |                                               ^

        It works, but is checked only when the worker starts. Jobs are added with the retry defaults that come after it.

      "
    `)
  })
})
