import assert from 'node:assert/strict'
import type { Group } from '../case.ts'

const unusual = [
  '42',
  'user:42/invoice.7',
  ' spaces and "quotes" ',
  'ünï-😀',
  '1E4B0A7C-9B3D-4F6E-8A11-0C2D3E4F5A6B',
  'x'.repeat(255),
]

export const jobIds: Group = {
  name: "an id of the caller's",
  cases: [
    {
      name: 'added twice is one job, whose first payload counts',
      needs: ['jobId'],
      async run(stage) {
        const queue = stage.queue()
        const options = { jobId: 'order-42' }
        assert.equal(await queue.add('first', options), 'order-42')
        assert.equal(await queue.add('second', options), 'order-42')
        const bulk = [1, 2].map((data) => ({ data, options: { jobId: 'bulk' } }))
        assert.deepEqual(await queue.client.addBulk(queue.name, bulk), ['bulk', 'bulk'])
        const func = queue.runs()
        await stage.work(func)
        await queue.add('other')
        const runs = await func.begun(3)
        const byId = new Map(runs.map(({ jobId, data }) => [jobId, data]))
        assert.equal(byId.get('order-42'), 'first')
        assert.equal(byId.get('bulk'), 1)
        assert.equal(runs.length, 3)
      },
    },
    {
      name: 'is not run again after it has ended',
      needs: ['jobId', 'results'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs((_job, data) => data)
        await stage.work(func)
        await queue.wait(await queue.add('first', { jobId: 'once' }))
        assert.equal(await queue.add('second', { jobId: 'once' }), 'once')
        await queue.wait(await queue.add('other'))
        assert.deepEqual(func.payloads, ['first', 'other'])
        assert.equal(await queue.wait('once'), 'first')
      },
    },
    {
      name: 'runs once although several processes add it at the same time',
      needs: ['jobId', 'processes'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        const jobs = Array.from({ length: 100 }, (_, n) => ({
          data: n,
          options: { jobId: `job-${n % 20}` },
        }))
        const task = { type: 'add', queue: queue.name, contracts: queue.contracts, jobs } as const
        const adders = [1, 2, 3].map(() => stage.process(task))
        await Promise.all(adders.map((adder) => adder.says('ready')))
        for (const adder of adders) adder.goOn()
        for (const adder of adders) {
          const [{ ids } = { ids: [] }] = await adder.says('added')
          assert.deepEqual(
            ids,
            jobs.map(({ options }) => options.jobId),
          )
        }
        await func.begun(20)
        await queue.add('last')
        await func.begun(21)
        const ids = func.runs.map(({ jobId }) => jobId)
        assert.equal(new Set(ids).size, 21)
        assert.equal(ids.length, 21)
      },
    },
    {
      name: 'is stored once although several processes add it, each in another order',
      needs: ['jobId', 'processes', 'status'],
      async run(stage) {
        const queue = stage.queue()
        // As many as are stored together, several times over: the processes have to meet.
        const rounds = Array.from({ length: 6 }, (_, round) =>
          Array.from({ length: 1_000 }, (_, n) => ({
            data: n,
            options: { jobId: `${round}-${n}` },
          })),
        )
        const orders = [
          rounds.flat(),
          rounds.flatMap((round) => round.toReversed()),
          rounds.flatMap((round) => round.map((job, n) => round[(n * 7) % round.length] ?? job)),
        ]
        const { name, contracts } = queue
        const adders = orders.map((jobs) => ({
          jobs,
          adder: stage.process({ type: 'add', queue: name, contracts, jobs }),
        }))
        await Promise.all(adders.map(({ adder }) => adder.says('ready')))
        for (const { adder } of adders) adder.goOn()
        for (const { jobs, adder } of adders) {
          const [{ ids } = { ids: [] }] = await adder.says('added')
          assert.deepEqual(
            ids,
            jobs.map(({ options }) => options.jobId),
          )
        }
        assert.equal((await queue.counts()).waiting, rounds.flat().length)
      },
    },
    {
      name: 'is another job in another queue',
      needs: ['jobId'],
      async run(stage) {
        const [one, two] = [stage.queue(), stage.queue()]
        const functions = [one.runs(), two.runs()]
        await stage.work(...functions)
        await one.add('here', { jobId: 'same' })
        await two.add('there', { jobId: 'same' })
        for (const func of functions) await func.begun(1)
        assert.deepEqual(
          functions.map(({ payloads }) => payloads),
          [['here'], ['there']],
        )
      },
    },
    {
      name: 'may be any text of up to 255 characters',
      needs: ['jobId', 'status'],
      async run(stage) {
        const queue = stage.queue()
        const func = queue.runs()
        await stage.work(func)
        for (const jobId of unusual) assert.equal(await queue.add(jobId, { jobId }), jobId)
        for (const jobId of unusual) {
          const { id, data } = await queue.reached(jobId, 'completed')
          assert.deepEqual([id, data], [jobId, jobId])
        }
        assert.deepEqual(new Set(func.runs.map(({ jobId }) => jobId)), new Set(unusual))
      },
    },
  ],
}
