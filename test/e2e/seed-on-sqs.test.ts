import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { GetQueueUrlCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startSqsServer } from '../support/sqs-server.ts'
import { atWork, createUserProject } from '../support/user-project.ts'

/** Declines what is too dear, and keeps a ledger that the test can read. */
const paymentService = `
import { appendFile } from 'node:fs/promises'

export interface PaymentInput { orderId: string; amount: number; currency: string }
export class PaymentFailedError extends Error {}
export class PaymentService {
  async charge(payment: { amount: number; currency: string }): Promise<{ id: string }> {
    await appendFile('ledger.txt', \`\${payment.amount}\\n\`)
    if (payment.amount > 1000) throw new PaymentFailedError('card declined')
    return { id: \`tx-\${payment.amount}-\${payment.currency}\` }
  }
}
`

/** Runs in a process of its own and prints what it saw as JSON. */
const producer = `
import { createQueueClient } from './src/pikku-queue.gen.ts'

const client = await createQueueClient({ provider: 'sqs' })
const order = { orderId: 'o1', amount: 42, currency: 'EUR' }
const codeOf = async (doing) => (await doing.catch((error) => error)).code

const email = await client.add('email', { userId: 'u1', email: 'a@b.c', name: 'Ada' })
const payment = await client.add('payments', order)
await client.add('payments', { ...order, amount: 43 }, { delay: 1_500 })
const report = await client.add('reports', { reportId: 'r1' })
const declined = await client.add('charges', { ...order, amount: 5000 })
console.log(JSON.stringify({
  ids: { email, payment, report, declined },
  wrong: await codeOf(client.add('email', { userId: 1 })),
  result: await codeOf(client.waitForCompletion('payments', payment)),
  status: await codeOf(client.getJob('payments', payment)),
  ownId: await codeOf(client.add('payments', order, { jobId: 'order-1' })),
  tooLate: await codeOf(client.add('payments', order, { delay: 900_001 })),
}))
await client.close()
`

const credentials = { accessKeyId: 'test', secretAccessKey: 'hunter2' }

async function start() {
  const server = await startSqsServer()
  onTestFinished(() => server.destroy())
  const client = new SQSClient({ endpoint: server.url, region: 'eu-west-1', credentials })
  onTestFinished(() => client.destroy())
  const project = await createUserProject({
    fixture: 'seed-shop',
    files: { 'src/services/payment.ts': paymentService, 'producer.mjs': producer },
  })
  const env = {
    SQS_ENDPOINT: server.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  }
  return { client, project, env, server }
}

/** As another program would. */
async function takeLetter(client: SQSClient) {
  const queue = { QueueName: 'charges-dead' }
  const { QueueUrl } = await client.send(new GetQueueUrlCommand(queue))
  const { Messages: [letter] = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'], WaitTimeSeconds: 20 }),
  )
  const { pikku } = letter?.MessageAttributes ?? {}
  return {
    body: JSON.parse(letter?.Body ?? 'null') as unknown,
    about: JSON.parse(pikku?.StringValue ?? 'null') as unknown,
  }
}

describe("the introduction's shop on SQS", () => {
  it('keeps every promise that SQS can keep, and says which it cannot', async () => {
    const { client, project, env } = await start()
    const worker = project.pikku(['worker', '--provider', 'sqs', '--create-queues'], env)
    await worker.printed(atWork)

    const produced = await project.node(['producer.mjs'], env).ended
    expect(produced.stderr).toBe('')
    const { ids, ...refused } = JSON.parse(produced.stdout) as {
      ids: Record<string, string>
    } & Record<string, unknown>
    expect(refused).toEqual({
      wrong: 'PKQ401',
      result: 'PKQ409',
      status: 'PKQ409',
      ownId: 'PKQ409',
      tooLate: 'PKQ406',
    })

    // Failed for good after its two attempts: with everything that is known of it.
    expect(await takeLetter(client)).toEqual({
      body: expect.objectContaining({
        payload: { orderId: 'o1', amount: 5000, currency: 'EUR' },
      }),
      about: expect.objectContaining({
        queue: 'charges-dead',
        origin: {
          queueName: 'charges',
          jobId: ids['declined'],
          attemptsMade: 2,
          error: expect.objectContaining({ name: 'Error', message: 'card declined' }),
        },
      }),
    })
    await worker.printed(`finished jobId=${ids['payment']}`)
    await worker.printed('Welcome email sent userId=u1')
    await worker.printed('progress is not stored: this provider cannot queue=reports')
    const ledger = async () =>
      (await readFile(join(project.folder, 'ledger.txt'), 'utf8')).trim().split('\n')
    await expect.poll(ledger, { timeout: 10_000 }).toContain('43')
    expect((await ledger()).toSorted()).toEqual(['42', '43', '5000', '5000'])

    worker.process.kill('SIGTERM')
    const { code, stdout } = await worker.ended
    expect(code).toBe(0)
    expect(stdout).toContain('queue payments: lockDuration is ignored; SQS has no lock')
    expect(stdout).toContain('queue payments (payment-worker): 3 at a time')
    expect(stdout).toContain('SIGTERM: finishing running jobs')
    expect(stdout).not.toContain('hunter2')
  }, 120_000)

  it('starts with one clear line where a queue is missing, or the server', async () => {
    const { project, env, server } = await start()
    const missing = await project.pikku(['worker', '--provider', 'sqs'], env).ended
    expect(missing.code).toBe(1)
    expect(missing.stdout + missing.stderr).toMatch(/PKQ402.* has no queue "(\w|-)+"/)
    expect(missing.stdout + missing.stderr).toContain('--create-queues')
    await server.destroy()
    const away = await project.pikku(['worker', '--provider', 'sqs'], env).ended
    expect(away.code).toBe(1)
    expect(away.stdout + away.stderr).toMatch(/PKQ601.* cannot be reached \(ECONNREFUSED\)/)
    expect(away.stdout + away.stderr).not.toMatch(/hunter2|\n\s+at /)
  }, 120_000)
})
