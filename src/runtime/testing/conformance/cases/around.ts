import assert from 'node:assert/strict'
import type { RuntimeServices } from '../../../registry.ts'
import type { Interaction } from '../../../types.ts'
import type { Middleware } from '../../../wiring.ts'
import type { Group } from '../case.ts'

export const around: Group = {
  name: 'around a function',
  cases: [
    {
      name: "runs the tags' middleware, the wiring's, then the function's",
      async run(stage) {
        const trace: string[] = []
        const named =
          (name: string): Middleware<RuntimeServices> =>
          async (_services, _interaction, next) => {
            trace.push(`> ${name}`)
            await next()
            trace.push(`< ${name}`)
          }
        const queue = stage.queue()
        const func = queue.runs(() => trace.push('function'), {
          tags: ['critical'],
          tagMiddleware: { critical: [named('tag')] },
          middleware: [named('wiring 1'), named('wiring 2')],
          functionMiddleware: [named('function’s')],
        })
        const worker = await stage.work(func)
        await queue.add(1)
        await func.begun(1)
        await worker.stop(5_000)
        const layers = ['tag', 'wiring 1', 'wiring 2', 'function’s']
        assert.deepEqual(trace, [
          ...layers.map((name) => `> ${name}`),
          'function',
          ...layers.toReversed().map((name) => `< ${name}`),
        ])
      },
    },
    {
      name: 'a middleware that throws fails the attempt',
      async run(stage) {
        let refused = 0
        const refuseOnce: Middleware<RuntimeServices> = async (_services, _interaction, next) => {
          if ((refused += 1) === 1) throw new Error('not now')
          await next()
        }
        const queue = stage.queue()
        const func = queue.runs(undefined, { middleware: [refuseOnce] })
        await stage.work(func)
        await queue.add(1)
        await func.begun(1)
        assert.deepEqual(func.attempts, [2])
      },
    },
    {
      name: 'makes session services for each attempt and closes them after it, failed or not',
      async run(stage) {
        const trace: string[] = []
        const queue = stage.queue({ config: { batchSize: 1 } })
        const func = queue.runs(({ attempt }, _data, services) => {
          trace.push(`run with ${String(services['session'])}`)
          if (attempt === 1) throw new Error('declined')
        })
        const worker = await stage.workWith(
          {
            createSingletonServices: () => ({ shared: 'one for all' }),
            createSessionServices: (services: RuntimeServices, { queue: job }: Interaction) => {
              const session = `${String(services['shared'])}, attempt ${job?.attempt ?? 0}`
              return { session, transaction: { close: () => trace.push(`close ${session}`) } }
            },
          },
          func,
        )
        await queue.add(1)
        await func.begun(2)
        await worker.stop(5_000)
        assert.deepEqual(trace, [
          'run with one for all, attempt 1',
          'close one for all, attempt 1',
          'run with one for all, attempt 2',
          'close one for all, attempt 2',
        ])
      },
    },
  ],
}
