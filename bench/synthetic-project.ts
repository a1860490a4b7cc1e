import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Writes a project of `count` queue functions, each with a wiring file of its own, and twice as many
 * files that have nothing to do with queues. Half of the payload types are imported.
 */
export function writeSyntheticProject(folder: string, repository: string, count: number): void {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  write('package.json', '{ "type": "module", "imports": { "#pikku/*": "./.pikku/*" } }')
  write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'ES2023',
        module: 'NodeNext',
        strict: true,
        skipLibCheck: true,
        types: ['node'],
        noEmit: true,
      },
      include: ['src'],
    }),
  )
  write('src/services.ts', services)
  for (let n = 0; n < count; n += 1) {
    write(`src/types/payload-${n}.ts`, payload(n))
    write(`src/functions/job-${n}.function.ts`, n % 2 === 0 ? importing(n) : inline(n))
    write(`src/queues/job-${n}.queue.ts`, wiring(n))
    for (const half of ['a', 'b']) write(`src/plain/${half}-${n}.ts`, plain(n))
  }
  mkdirSync(join(folder, 'node_modules'), { recursive: true })
  symlinkSync(repository, join(folder, 'node_modules', 'pikku-queue'))
  symlinkSync(join(repository, 'node_modules', '@types'), join(folder, 'node_modules', '@types'))
}

const services = `
export class Mailer { async send(to: string, text: string) { return { to, text } } }
export const createSingletonServices = async () => ({ mailer: new Mailer() })
`

const payload = (n: number) => `
/** What job ${n} works on. */
export interface Payload${n} {
  id: string
  amount: number
  kind: 'a' | 'b' | 'c'
  address?: Address${n}
  items: { name: string; count: number; at: Date }[]
}
export interface Address${n} { street: string; city: string; country: string }
`

const importing = (n: number) => `
import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'
import type { Payload${n} } from '../types/payload-${n}.js'

export const job${n} = pikkuSessionlessFunc<Payload${n}, { done: boolean }>({
  func: async ({ mailer, logger }, data) => {
    logger.info('job ${n}', { id: data.id })
    await mailer.send(data.id, data.kind)
    return { done: true }
  },
  auth: false,
  docs: { summary: 'Job ${n}', tags: ['bench'] },
})
`

const inline = (n: number) => `
import { pikkuSessionlessFunc } from '#pikku/pikku-types.gen.js'

export const job${n} = pikkuSessionlessFunc<
  { id: string; count: number; tags: string[]; nested: { on: boolean; level: 1 | 2 | 3 } },
  void
>({
  func: async ({ mailer }, data) => {
    await mailer.send(data.id, data.tags.join())
  },
  auth: false,
})
`

const wiring = (n: number) => `
import { wireQueueWorker } from '#pikku/pikku-types.gen.js'
import { job${n} } from '../functions/job-${n}.function.js'

wireQueueWorker({ queue: 'job-${n}', func: job${n}, config: { batchSize: ${(n % 9) + 1} } })
`

const plain = (n: number) => `
export interface Row${n} { id: number; name: string; tags: string[]; parent?: Row${n} }

export function summarise${n}(rows: readonly Row${n}[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const row of rows) {
    for (const tag of row.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  }
  return counts
}

export class Store${n} {
  readonly #rows = new Map<number, Row${n}>()
  add(row: Row${n}): this { this.#rows.set(row.id, row); return this }
  find(id: number): Row${n} | undefined { return this.#rows.get(id) }
  all(): Row${n}[] { return [...this.#rows.values()].sort((a, b) => a.id - b.id) }
}
`
