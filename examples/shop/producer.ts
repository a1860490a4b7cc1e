/** The demo's second process: adds jobs through the generated client and tells what became of them. */
import { createQueueClient } from '#pikku/pikku-queue.gen.ts'

const client = await createQueueClient({ provider: 'embedded' })
const say = (job: string, what: string) => {
  console.log(`${job.padEnd(17)} ${what}`)
}

async function welcome() {
  const id = await client.add('email', { userId: 'u1', email: 'ada@example.com', name: 'Ada' })
  await client.waitForCompletion('email', id)
  say('welcome mail', 'completed: the mail to ada@example.com is sent')
}

async function payment() {
  const id = await client.add('payments', { orderId: 'o1', amount: 42, currency: 'EUR' })
  const { transactionId } = await client.waitForCompletion('payments', id)
  say('payment', `completed: transaction ${transactionId}`)
}

async function report() {
  const id = await client.add('reports', { reportId: '2026-11' })
  for await (const event of client.events('reports', id)) {
    if (event.type === 'progress') say('report', `progress ${String(event.progress)} %`)
    if (event.type === 'completed') say('report', `completed: ${event.result.rows} rows`)
  }
}

async function declined() {
  const before = await deadLetters()
  const id = await client.add('payments', { orderId: 'o2', amount: 5000, currency: 'EUR' })
  for await (const event of client.events('payments', id)) {
    if (event.type === 'retrying') {
      say('declined payment', `attempt ${event.attemptsMade} failed, will run again`)
    }
    if (event.type === 'failed') {
      say('declined payment', `failed for good: ${event.error?.message ?? ''}`)
      const moved = (await deadLetters()) - before
      say('declined payment', `${moved} dead letter in queue payments-dead`)
    }
  }
}

async function deadLetters() {
  const counts = await client.counts('payments-dead')
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

await Promise.all([welcome(), payment(), report(), declined()])
await client.close()
