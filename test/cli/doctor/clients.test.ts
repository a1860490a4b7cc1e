import { describe, expect, it } from 'vitest'
import { checkClients } from '../../../src/cli/doctor/checks/clients.ts'
import { gatherFacts } from '../../../src/cli/doctor/facts.ts'
import type { ProviderName } from '../../../src/runtime/capabilities.ts'
import { projectOf } from '../../support/project.ts'

const wirings = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<{ n: number }, number>(async (_services, { n }) => n)
wireQueueWorker({ queue: 'double', func })
wireQueueWorker({ queue: 'orders.fifo', func })
`
const head = `import { createQueueClient, type PikkuQueue } from '#pikku/pikku-queue.gen.js'
const client = await createQueueClient()
`

/** What the check says of the sources, a line each, without what to do about it. */
async function said(
  provider: ProviderName,
  sources: Record<string, string>,
  over: Record<string, string> = {},
): Promise<string[]> {
  const root = await projectOf({ 'src/wirings.ts': wirings, ...sources, ...over })
  const findings = await checkClients(gatherFacts(root, provider, {}))
  return findings.map(({ severity, code = '', message, location }) => {
    const { file, line, column } = location ?? { file: '', line: 0, column: 0 }
    return `${severity} ${file}:${line}:${column} ${code} ${message}`
  })
}

/** As `said`, of the lines after those that make a client; one finding is the number of its line and what it names. */
async function found(provider: ProviderName, lines: string, over = {}): Promise<string[]> {
  const all = await said(provider, { 'src/main.ts': head + lines.trim() }, over)
  return all.map((line) => {
    const [, at = '', what = ''] =
      /main\.[tj]s:(\d+):\d+ .*?("\w+"|delay of \d+ ms.*|does not fit.*)/.exec(line) ?? []
    return at === '' ? line : `${Number(at) - 2} ${what.replaceAll('"', '')}`
  })
}

const all = `
const id = await client.add('double', { n: 1 }, { attempts: 2, backoff: { type: 'fixed' }, timeout: 5 })
const job = await client.getJob('double', id)
console.log(job?.status.toUpperCase(), job?.result)
console.log(await client.waitForCompletion('double', id, { timeout: 5 }))
for await (const event of client.events('double', id)) console.log(event.type)
client.onProgress('double', id, (progress) => console.log(progress))
await client.remove('double', id)
await client['retry']('double', id)
console.log(await client.counts('double'))
const { double } = client.queues
const { getJob: find, add } = double
await find(id)
await add({ n: 1 }, { priority: 'high' })
await client.addBulk('double', [{ data: { n: 1 }, options: { jobId: 'a' } }, { data: { n: 2 } }])
await client.queues.double.addBulk([{ data: { n: 1 }, options: { group: 'a' } }])
const options = { priority: 1, attempts: 2 }
await client.add('double', { n: 1 }, options)
await client.add('double', { n: 1 }, { tx: JSON.parse('{}') })
await client.close()
`

describe('what clients ask for', () => {
  it('is found where SQS cannot do it, member by member and option by option', async () => {
    expect(await found('sqs', all)).toEqual([
      ...['2 getJob', '4 waitForCompletion', '5 events', '6 onProgress', '7 remove', '8 retry'],
      ...['9 counts', '11 getJob', '13 priority', '14 jobId', '15 group', '17 priority', '18 tx'],
    ])
  })

  it('is found for Redis and PostgreSQL, which can do most of it', async () => {
    expect(await found('bullmq', all)).toEqual(['15 group', '18 tx'])
    expect(await found('pg-boss', all)).toEqual(['15 group'])
  })

  it('is said with its place, its code and what to do', async () => {
    const root = await projectOf({
      'src/wirings.ts': wirings,
      'src/main.ts': `${head}await client.getJob('double', 'a')\nawait client.add('double', { n: 1 }, { jobId: 'a' })\n`,
    })
    expect(await checkClients(gatherFacts(root, 'sqs', {}))).toEqual([
      {
        severity: 'error',
        code: 'PKQ409',
        message: '"getJob" of a client is not supported on AWS SQS',
        hint: 'Have the function store what has to be known of a job, or choose another provider.',
        location: { file: 'src/main.ts', line: 3, column: 14 },
      },
      {
        severity: 'error',
        code: 'PKQ409',
        message: 'the job option "jobId" is not supported on AWS SQS',
        hint: 'Queues whose names end in .fifo have it.',
        location: { file: 'src/main.ts', line: 4, column: 40 },
      },
    ])
  })

  it('depends on the queue, where its queues differ', async () => {
    const lines = `
await client.add('orders.fifo', { n: 1 }, { jobId: 'a', group: 'b' })
await client.queues['orders.fifo'].add({ n: 1 }, { jobId: 'a', priority: 1 })
await client.add('orders.fifo', { n: 1 }, { delay: 1 })
`
    expect(await found('sqs', lines)).toEqual([
      '2 priority',
      '3 delay of 1 ms: AWS SQS takes at most 0 on this queue',
    ])
  })

  it('counts delays that are written down, in whatever way', async () => {
    const lines = `
const [minute, delay] = [60_000, Number(process.argv[2])]
const hour = 60 * 60_000
await client.add('double', { n: 1 }, { delay: 900_000 })
await client.add('double', { n: 1 }, { delay: 900_001, attempts: 1 })
await client.add('double', { n: 1 }, { ...{ attempts: 1 }, delay: 2 * hour })
await client.queues.double.add({ n: 1 }, { delay })
await client.addBulk('double', [1, 2].map((n) => ({ data: { n }, options: { delay: hour } })))
const backoff = { type: 'fixed', delay: hour } as const
await client.add('double', { n: 1 }, { backoff, timeout: minute })
await client.add('double', { n: 1 }, { backoff: { type: 'fixed', delay: hour } })
const later = { delay: hour, timeout: 5 }
await client.add('double', { n: 1 }, later)
const other = await createQueueClient({ provider: 'bullmq' })
await other.add('double', { n: 1 }, { delay: hour })
`
    const most = 'AWS SQS takes at most 900000 on this queue'
    expect(await found('sqs', lines)).toEqual([
      `4 delay of 900001 ms: ${most}`,
      `5 delay of 7200000 ms: ${most}`,
      `7 delay of 3600000 ms: ${most}`,
      `11 delay of 3600000 ms: ${most}`,
    ])
    expect(await found('bullmq', lines)).toEqual([
      'ok :0:0  clients ask for nothing that BullMQ (Redis) cannot do',
    ])
  })

  it('is found beside a sum of thousands, and in one', async () => {
    const long = `${'0 + '.repeat(4_000)}900_001`
    const data = `[{ data: { n: ${long} }, options: { delay: ${long} } }]`
    expect(await found('sqs', `await client.addBulk('double', ${data})`)).toEqual([
      '1 delay of 900001 ms: AWS SQS takes at most 900000 on this queue',
    ])
  })

  it('is found where a client is handed on, and where it was made for any provider', async () => {
    const lines = `
function look(at: { getJob(queue: 'double', id: string): Promise<unknown> }) { return at.getJob('double', 'a') }
await look(client)
async function count(of: PikkuQueue) { return await of.counts('double') }
async function any(of: PikkuQueue<'any'>) { return await of.counts('double') }
console.log(count, any)
`
    expect(await found('sqs', lines)).toEqual(['2 getJob', '3 counts', '4 counts'])
  })

  it('is not looked for in clients of another provider, by name', async () => {
    const lines = `
const other = await createQueueClient({ provider: 'bullmq' })
await other.getJob('double', 'a')
const examined = await createQueueClient({ provider: 'sqs', connection: { region: 'eu-west-1' } })
await examined.getJob('double', 'a')
`
    expect(await found('sqs', lines)).toEqual(['4 getJob'])
  })

  it('is not whatever else is wrong in a project', async () => {
    const lines = `
await client.add('nowhere', { n: 1 })
await client.peek('double')
const text: number = 'no number'
await client.add('double', { n: 1 }, { prioritaet: 1 })
`
    expect(await found('sqs', lines)).toEqual([
      'ok :0:0  clients ask for nothing that AWS SQS cannot do',
    ])
  })

  it('is found in JavaScript, and in what the tsconfig does not include', async () => {
    const script = `${head.replace(', type PikkuQueue', '')}await client.getJob('double', 'a')\n`
    const sources = {
      'scripts/main.js': script,
      'producer.ts': script,
      'node_modules/other/main.js': script,
      'dist/main.js': script.replace('#pikku', './pikku'),
      'dist/pikku/pikku-queue.gen.js': 'export const createQueueClient = () => ({})\n',
    }
    const of = 'error %:3:14 PKQ409 "getJob" of a client is not supported on AWS SQS'
    expect(await said('sqs', sources)).toEqual([
      of.replace('%', 'producer.ts'),
      of.replace('%', 'scripts/main.js'),
    ])
  })

  it('is the same whatever was generated before, and for whom', async () => {
    const over = {
      'pikku.config.json': '{ "provider": "bullmq" }',
      '.pikku/pikku-queue.gen.ts': 'export declare const createQueueClient: () => Promise<any>\n',
    }
    expect(await found('sqs', `await client.getJob('double', 'a')`, over)).toEqual(['1 getJob'])
  })
})
