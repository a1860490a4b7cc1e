import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Contracts } from '../../src/runtime/contract.ts'
import { createUserProject, repository, type UserProject } from '../support/user-project.ts'

/** What each library makes of the same order: an id, how many, when; and of the same answer. */
const schemas = {
  zod: `import * as z from 'zod'
const input = z.object({ id: z.string().min(3), count: z.number().default(1), at: z.date() })
const output = z.object({ id: z.string().transform((id) => id.toUpperCase()), at: z.date(), count: z.number().max(5) })
`,
  valibot: `import * as v from 'valibot'
const input = v.object({ id: v.pipe(v.string(), v.minLength(3)), count: v.optional(v.number(), 1), at: v.date() })
const output = v.object({
  id: v.pipe(v.string(), v.transform((id) => id.toUpperCase())),
  at: v.date(),
  count: v.pipe(v.number(), v.maxValue(5)),
})
`,
  arktype: `import { type } from 'arktype'
const input = type({ id: 'string >= 3', count: 'number = 1', at: 'Date' })
const output = type({ id: type('string').pipe((id) => id.toUpperCase()), at: 'Date', count: 'number <= 5' })
`,
}
const libraries = Object.keys(schemas)

const wiring = (library: string, declarations: string) => `${declarations}
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.ts'

export const answer = pikkuSessionlessFunc({
  input,
  output,
  // More than is asked for: what the validator does not strip, the contract does.
  func: async (_services, { id, count, at }) => ({ id, count, at: new Date(at.getTime() + 1), more: true }),
})
wireQueueWorker({ queue: '${library}', func: answer })
`

/** The types of a library's schema, without its validator. */
const inferred = `
import * as z from 'zod'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.ts'

const Order = z.object({ id: z.string(), lines: z.array(z.object({ price: z.bigint() })), note: z.string().optional() }).brand<'Order'>()
type Order = z.infer<typeof Order>
export type { Order }
wireQueueWorker({
  queue: 'inferred',
  func: pikkuSessionlessFunc<Order, Order>(async (_services, order) => order),
})
`

const run = `
import { createTestQueues } from 'pikku-queue/testing'
import { PikkuQueue } from '#pikku/pikku-queue.gen.ts'
import './zod.ts'
import './valibot.ts'
import './arktype.ts'
import type { Order } from './inferred.ts'
import './inferred.ts'

const kit = await createTestQueues({ client: PikkuQueue })
for (const queue of ['zod', 'valibot', 'arktype'] as const) {
  await kit.client.add(queue, { id: 'abc', at: new Date(0) })
  await kit.client.add(queue, { id: 'ab', at: new Date(0) })
  await kit.client.add(queue, { id: 'abc', count: 6, at: new Date(0) })
}
const inferred: Omit<Order, symbol> = { id: 'a', lines: [{ price: 5n }], note: undefined }
await kit.client.add('inferred', inferred)
await kit.drain()
const [order] = kit.jobs('inferred')
console.log(order?.status, order?.result?.lines[0]?.price === 5n)
for (const queue of ['zod', 'valibot', 'arktype'] as const) {
  for (const { status, result, error } of kit.jobs(queue)) {
    const { id, count, at } = result ?? {}
    const isDate: boolean | undefined = at && at instanceof Date
    console.log(queue, status, result ? [id, count, isDate, Object.keys(result).length].join() : error?.code)
  }
}
await kit.close()
`

const tsconfig = JSON.stringify({
  compilerOptions: {
    ...{ target: 'ES2023', module: 'NodeNext', types: ['node'], noEmit: true, skipLibCheck: true },
    ...{ strict: true, exactOptionalPropertyTypes: true, allowImportingTsExtensions: true },
  },
  include: ['src'],
})

async function install(project: UserProject): Promise<void> {
  for (const name of [...libraries, '@ark', 'arkregex']) {
    const from = join(repository, 'node_modules', name)
    await symlink(from, join(project.folder, 'node_modules', name))
  }
}

it(
  'Zod, Valibot and ArkType type and check payloads and results',
  { timeout: 120_000 },
  async () => {
    const files = Object.entries(schemas).map(([name, text]) => [
      `src/${name}.ts`,
      wiring(name, text),
    ])
    const project = await createUserProject({
      files: {
        ...Object.fromEntries(files),
        'src/inferred.ts': inferred,
        'src/run.ts': run,
        'tsconfig.json': tsconfig,
      },
    })
    await install(project)
    expect(await project.pikku(['generate']).ended).toMatchObject({ code: 0, stderr: '' })
    expect(await project.tsc().ended).toMatchObject({ code: 0, stdout: '' })

    const text = await readFile(join(project.folder, '.pikku/pikku-contracts.gen.json'), 'utf8')
    const { queues }: Contracts = JSON.parse(text)
    const date = { type: 'string', format: 'date-time', 'x-type': 'Date' }
    for (const library of libraries) {
      expect(queues[library], library).toMatchObject({
        input: { required: expect.arrayContaining(['id', 'at']) },
        output: { properties: { id: { type: 'string' }, count: { type: 'number' }, at: date } },
      })
      expect(queues[library]?.input['required']).toHaveLength(2)
    }

    const { code, stdout, stderr } = await project.node(['src/run.ts']).ended
    expect(code, stderr).toBe(0)
    const ofEach = libraries.flatMap((library) => [
      `${library} completed ABC,1,true,3`,
      `${library} failed PKQ401`,
      `${library} failed PKQ508`,
    ])
    expect(stdout.trim().split('\n')).toEqual(['completed true', ...ofEach])
  },
)
