import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { atWork, createUserProject } from '../support/user-project.ts'

/** Each job writes its number into a ledger that is none of the system's business. */
const ledgerQueue = `
import { appendFileSync } from 'node:fs'
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'

wireQueueWorker({
  queue: 'ledger',
  func: pikkuSessionlessFunc<{ n: number }, { n: number }>(async (_services, { n }) => {
    await new Promise((resolve) => setTimeout(resolve, 30))
    appendFileSync('ledger.txt', n + '\\n')
    return { n }
  }),
  config: { visibilityTimeout: 10, batchSize: 5 },
})
`

const producer = `
import { createQueueClient } from './.pikku/pikku-queue.gen.ts'
const client = await createQueueClient()
const jobs = Array.from({ length: 200 }, (_, n) => ({ data: { n }, options: { jobId: 'job-' + n } }))
await client.addBulk('ledger', jobs)
if (process.argv[2] === 'wait') {
  const results = await Promise.all(
    jobs.map(({ options }) => client.waitForCompletion('ledger', options.jobId)),
  )
  console.log(JSON.stringify({
    results: results.map(({ n }) => n),
    counts: await client.counts('ledger'),
  }))
}
await client.close()
`

it('a worker killed in the middle of 200 jobs loses none: all end completed', async () => {
  const project = await createUserProject({
    files: { 'src/ledger.ts': ledgerQueue, 'producer.mjs': producer },
  })
  const ledger = async () => {
    const text = await readFile(join(project.folder, 'ledger.txt'), 'utf8').catch(() => '')
    return text.split('\n').filter(Boolean).map(Number)
  }

  const first = project.pikku(['worker', '--provider', 'embedded'])
  await first.printed(atWork)
  expect(await project.node(['producer.mjs', 'add']).ended).toMatchObject({ code: 0, stderr: '' })
  await expect.poll(async () => (await ledger()).length, { interval: 10 }).toBeGreaterThan(40)
  first.process.kill('SIGKILL')
  await first.ended
  const done = (await ledger()).length
  expect(done).toBeLessThan(200)

  const second = project.pikku(['worker', '--provider', 'embedded'])
  await second.printed(atWork)
  // Adding the same jobs again, as a producer does that knows not what became of them, adds none.
  const { stdout, stderr } = await project.node(['producer.mjs', 'wait']).ended
  expect(stderr).toBe('')
  const all = Array.from({ length: 200 }, (_, n) => n)
  expect(JSON.parse(stdout)).toEqual({
    results: all,
    counts: { waiting: 0, delayed: 0, active: 0, completed: 200, failed: 0, discarded: 0 },
  })
  const ran = await ledger()
  expect([...new Set(ran)].sort((a, b) => a - b)).toEqual(all)
  // Only what was under way at the kill may have run twice.
  expect(ran.length).toBeLessThanOrEqual(200 + 5)

  second.process.kill('SIGINT')
  expect((await second.ended).code).toBe(0)
}, 120_000)
