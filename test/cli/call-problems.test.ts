import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesIn, projectOf, runGenerate } from '../support/project.ts'

/** A schema library as small as it gets. */
const schema = `export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => { value: T }
    readonly types?: { readonly input: T; readonly output: T } | undefined
  }
}
export declare const text: Schema<string>
export declare const amount: Schema<number>
`

const source = (call: string) => `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { amount, text } from './schema.js'
type Status = 'open' | 'closed'
export { amount, text, type Status }
export const func = ${call}
wireQueueWorker({ queue: 'a', func })
`

async function generate(call: string) {
  const root = await projectOf({ 'src/main.ts': source(call), 'src/schema.ts': schema })
  const { stderr, exitCode } = await runGenerate(root)
  const client = (await filesIn(join(root, '.pikku'))).get('pikku-queue.gen.ts') ?? ''
  return { stderr, exitCode, client }
}

describe('a function that does not fit the types it is given', () => {
  it.each([
    [
      'a result of another type',
      `pikkuSessionlessFunc<{ s: Status }, { ok: boolean }>(async () => ({ ok: 1 }))`,
    ],
    [
      'a result of another type, in the long form',
      `pikkuSessionlessFunc<{ s: Status }, { ok: boolean }>({ func: () => ({ ok: 1 }) })`,
    ],
    [
      'misspelt docs',
      `pikkuSessionlessFunc<{ s: Status }, { ok: boolean }>({ func: () => ({ ok: true }), docs: { sumary: 'x' } })`,
    ],
    [
      'unknown services',
      `pikkuSessionlessFunc<{ s: Status }, { ok: boolean }>(({ nope }) => ({ ok: nope }))`,
    ],
  ])('keeps its types with %s', async (_name, call) => {
    const { exitCode, client } = await generate(call)
    expect(exitCode).toBe(0)
    expect(client).toContain(
      'input: {\n      s: Status\n    }\n    output: {\n      ok: boolean\n    }',
    )
  })
})

describe('a call that types cannot be inferred from', () => {
  it('is an error, said in the words of the compiler', async () => {
    const { exitCode, stderr, client } = await generate(
      `pikkuSessionlessFunc({ input: text, output: amount, func: async (_services, data) => data })`,
    )
    expect(exitCode).toBe(1)
    expect(client).toBe('')
    expect(stderr).toMatchInlineSnapshot(`
      "src/main.ts:6:106 - error PKQ114: the types of queue "a" cannot be inferred: Type 'string' is not assignable to type 'number'.

        5 | export { amount, text, type Status }
        6 | export const func = pikkuSessionlessFunc({ input: text, output: amount, func: async (_services, data) => data })
          |                                                                                                          ^

        Correct the call, or give the types: pikkuSessionlessFunc<Input, Output>(…).

      1 error; nothing was written
      "
    `)
  })

  it.each([
    [
      'a setting that does not exist',
      `pikkuSessionlessFunc({ input: text, func: () => {}, docs: 'x' })`,
    ],
    [
      'docs of another type',
      `pikkuSessionlessFunc({ func: (_services, data: string) => data, docs: 'x' })`,
    ],
    ['no argument', `pikkuSessionlessFunc()`],
    ['something else', `pikkuSessionlessFunc(5)`],
  ])('is an error with %s', async (_name, call) => {
    expect((await generate(call)).stderr).toContain('error PKQ114')
  })

  it('is fine when it checks, or when the compiler is told to be silent', async () => {
    const good = `pikkuSessionlessFunc({ input: text, output: amount, func: (_services, data) => data.length })`
    expect(await generate(good)).toMatchObject({ exitCode: 0, stderr: '' })
    const silent = `// @ts-expect-error\n  pikkuSessionlessFunc<string>({ func: 5 })`
    expect(await generate(silent)).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
