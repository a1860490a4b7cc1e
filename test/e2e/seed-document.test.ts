import { describe, expect, it } from 'vitest'
import { createDatabase } from '../support/database.ts'
import { redisUrl } from '../support/redis.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

/** Declines what is too dear; otherwise the shop is as its author wrote it. */
const paymentService = `
export interface PaymentInput { orderId: string; amount: number; currency: string }
export class PaymentFailedError extends Error {}
export class PaymentService {
  async charge(payment: { amount: number; currency: string }): Promise<{ id: string }> {
    if (payment.amount > 1000) throw new PaymentFailedError('card declined')
    return { id: \`tx-\${payment.amount}-\${payment.currency}\` }
  }
}
`

/** Runs in a process of its own and prints what it saw as JSON. */
const producer = `
import { createQueueClient } from './src/pikku-queue.gen.ts'

const client = await createQueueClient({ provider: process.argv[2] })
const order = { orderId: 'o1', amount: 42, currency: 'EUR' }

const email = await client.add('email', { userId: 'u1', email: 'a@b.c', name: 'Ada' })
const payment = await client.add('payments', order, { jobId: 'order-1' })
const again = await client.add('payments', order, { jobId: 'order-1' })
const report = await client.add('reports', { reportId: 'r1' })
const declined = await client.add('charges', { ...order, amount: 5000 })

const mailed = await client.waitForCompletion('email', email)
const paid = await client.waitForCompletion('payments', payment)
await client.waitForCompletion('reports', report)
const events = []
for await (const event of client.events('charges', declined)) events.push(event.type)
const failure = await client.waitForCompletion('charges', declined).catch((error) => error)

const { error, ...failed } = await client.getJob('charges', declined)
console.log(JSON.stringify({
  mailed: mailed === undefined,
  paid,
  sameId: again === payment && payment === 'order-1',
  progress: (await client.getJob('reports', report)).progress,
  lastEvent: events.at(-1),
  failure: [failure.name, failure.message],
  failed: { status: failed.status, attemptsMade: failed.attemptsMade, error: error.message },
  counts: await client.counts('payments'),
}))
await client.close()
`

/** Where each provider finds its server, and which of the shop's options it says it ignores. */
const providers = [
  {
    provider: 'embedded',
    environment: () => Promise.resolve({}),
    ignores: 'lockDuration is ignored; pg-boss has no lock',
  },
  {
    provider: 'pg-boss',
    environment: async () => ({ DATABASE_URL: await createDatabase() }),
    ignores: 'lockDuration is ignored; pg-boss has no lock',
  },
  {
    provider: 'bullmq',
    // A database of its own: nothing else uses the second one.
    environment: () => Promise.resolve({ REDIS_URL: `${redisUrl()}/1` }),
    ignores: 'prefetch is ignored; BullMQ fetches a job for each free slot',
  },
]

describe.each(providers)("the introduction's shop on $provider", (backend) => {
  const { provider, environment, ignores } = backend

  it('generates, compiles under strict, and keeps every promise', async () => {
    const project = await createUserProject({
      fixture: 'seed-shop',
      files: { 'src/services/payment.ts': paymentService, 'producer.mjs': producer },
    })
    const env = await environment()

    const worker = project.pikku(['worker', '--provider', provider], env)
    await worker.printed(atWork)
    // Its `typed-client.ts` expects the compile errors of wrong calls.
    expect(await project.tsc().ended).toMatchObject({ stdout: '', code: 0 })

    const produced = await project.node(['producer.mjs', provider], env).ended
    expect(produced.stderr).toBe('')
    expect(JSON.parse(produced.stdout)).toEqual({
      mailed: true,
      paid: { transactionId: 'tx-42-EUR' },
      sameId: true,
      progress: 100,
      lastEvent: 'failed',
      failure: [
        'JobFailedError',
        expect.stringMatching(/^job \S+ of queue "charges" failed: card declined$/),
      ],
      failed: { status: 'failed', attemptsMade: 2, error: 'card declined' },
      counts: { waiting: 0, delayed: 0, active: 0, completed: 1, failed: 0, discarded: 0 },
    })

    worker.process.kill('SIGTERM')
    const { code, stdout } = await worker.ended
    expect(code).toBe(0)
    expect(stdout).toContain(`queue payments: ${ignores}`)
    expect(stdout).toContain('queue payments (payment-worker): 3 at a time')
    expect(stdout).toContain('Welcome email sent userId=u1')
    expect(stdout).toContain('SIGTERM: finishing running jobs')
  }, 120_000)
})
