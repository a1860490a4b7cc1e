import { describe, expect, it, vi } from 'vitest'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createLogger } from '../../src/runtime/logger.ts'
import { createRegistry } from '../../src/runtime/registry.ts'
import { createServices } from '../../src/runtime/services.ts'
import type { Interaction } from '../../src/runtime/types.ts'
import type { QueueWiring } from '../../src/runtime/wiring.ts'
import { Worker } from '../../src/runtime/worker.ts'
import { MemoryProvider } from '../support/memory-provider.ts'
import type { JsonSchema } from '../../src/runtime/contract.ts'
import { nothing, startWorker, type Services } from '../support/memory-worker.ts'

describe('middleware and services', () => {
  it("runs tags' middleware, then the wiring's, then the function's, around the function", async () => {
    const registry = createRegistry()
    const { wireQueueWorker, addTagMiddleware, pikkuSessionlessFunc, pikkuMiddleware } =
      createDefinitions<Services>(registry)
    const around = (name: string) =>
      pikkuMiddleware(async ({ trace }, _interaction, next) => {
        trace.push(`> ${name}`)
        await next()
        trace.push(`< ${name}`)
      })
    const trace: string[] = []
    addTagMiddleware('critical', [around('tag')])
    wireQueueWorker({
      queue: 'email',
      func: pikkuSessionlessFunc({
        func: (services: Services) => {
          services.trace.push('func')
        },
        middleware: [around('function')],
      }),
      middleware: [around('wiring')],
      tags: ['critical'],
    })
    const provider = new MemoryProvider()
    const worker = new Worker({
      provider,
      registry,
      contracts: { queues: { email: { input: {}, output: {}, defaults: {} } }, $defs: {} },
      createServices: () =>
        createServices(
          { createSingletonServices: () => ({ trace }) },
          createLogger({ write: () => undefined }),
        ),
    })
    await worker.start()
    await provider.deliver('email')
    expect(trace).toEqual([
      '> tag',
      '> wiring',
      '> function',
      'func',
      '< function',
      '< wiring',
      '< tag',
    ])
  })

  it('a middleware that throws fails the attempt without running the function', async () => {
    const body = vi.fn()
    const { provider } = await startWorker(body, {
      middleware: [() => Promise.reject(new Error('not now'))],
    })
    expect(await provider.deliver('email')).toMatchObject({
      type: 'retry',
      error: { message: 'not now' },
    })
    expect(body).not.toHaveBeenCalled()
  })

  it('a middleware that calls next twice is told so', async () => {
    const { provider } = await startWorker(() => null, {
      middleware: [
        async (_, __, next) => {
          await next()
          await next()
        },
      ],
    })
    expect(await provider.deliver('email')).toMatchObject({
      error: { message: 'a middleware called next() twice' },
    })
  })

  it('makes session services anew for each job and closes them after it', async () => {
    const events: string[] = []
    let made = 0
    const { provider } = await startWorker(
      ({ session }) => {
        events.push(`run ${session ?? ''}`)
        throw new Error('also closed after a failure')
      },
      {},
      {
        createSessionServices: (_services: unknown, { queue }: Interaction) => {
          const session = `${queue?.jobId ?? ''} ${(made += 1)}`
          return { session, closable: { close: () => events.push(`close ${session}`) } }
        },
      },
    )
    await provider.deliver('email', { id: 'a' })
    await provider.deliver('email', { id: 'b' })
    expect(events).toEqual(['run a 1', 'close a 1', 'run b 2', 'close b 2'])
  })

  it('does not close singletons that session services pass on', async () => {
    const closed: string[] = []
    const { worker, provider } = await startWorker(
      () => null,
      {},
      {
        createSingletonServices: () => ({ pool: { close: () => closed.push('pool') } }),
        createSessionServices: (services: object) => ({
          ...services,
          user: { close: () => closed.push('user') },
        }),
      },
    )
    await provider.deliver('email')
    expect(closed).toEqual(['user'])
    await worker.stop(0)
    expect(closed).toEqual(['user', 'pool'])
  })

  it("takes a class's instance for services, with its methods and getters", async () => {
    class Services {
      readonly #region = 'eu'
      get region() {
        return this.#region
      }
      where() {
        return `in ${this.#region}`
      }
    }
    const seen: unknown[] = []
    const { provider } = await startWorker(
      ({ region, where }) => seen.push(region, where?.()),
      nothing,
      { createSingletonServices: () => new Services() },
    )
    await provider.deliver('email')
    expect(seen).toEqual(['eu', 'in eu'])
  })

  it('a logger that throws changes nothing', async () => {
    const thrower = () => {
      throw new Error('disk full')
    }
    const logger = { debug: thrower, info: thrower, warn: thrower, error: thrower }
    const { provider } = await startWorker(() => null, nothing, {
      createSingletonServices: () => ({ logger }),
    })
    expect(await provider.deliver('email')).toMatchObject({ type: 'done' })
  })

  it('closes singletons at the end, newest first, whatever their way to close', async () => {
    const closed: string[] = []
    const { worker } = await startWorker(
      () => null,
      {},
      {
        createSingletonServices: () => ({
          first: { close: () => closed.push('first') },
          second: { [Symbol.dispose]: () => closed.push('second') },
          third: {
            close: () => {
              throw new Error('stuck')
            },
          },
          fourth: { [Symbol.asyncDispose]: () => Promise.resolve(closed.push('fourth')) },
        }),
      },
    )
    await worker.stop(0)
    expect(closed).toEqual(['fourth', 'second', 'first'])
  })

  it('hands config and the logger of the project to functions', async () => {
    const seen: unknown[] = []
    const logger = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() }
    const { provider } = await startWorker(
      (services) => {
        seen.push(services)
      },
      nothing,
      {
        createConfig: () => ({ region: 'eu' }),
        createSingletonServices: (config: { region: string }) => ({
          region: config.region,
          logger,
        }),
      },
    )
    await provider.deliver('email')
    expect(seen).toMatchObject([{ region: 'eu', config: { region: 'eu' } }])
    expect(logger.debug).toHaveBeenCalledWith('job completed', {
      queue: 'email',
      jobId: 'job-1',
      attempt: '1/3',
    })
  })
})

describe('progress', () => {
  it('is a no-op that is logged once where the provider cannot store it', async () => {
    const { provider, log } = await startWorker((_, __, queue) => queue.updateProgress(5), nothing)
    expect(await provider.deliver('email')).toMatchObject({ type: 'done' })
    await provider.deliver('email')
    expect(log.filter((line) => line.includes('progress is not stored'))).toHaveLength(1)
  })

  it('never fails the job', async () => {
    const { provider, log } = await startWorker((_, __, queue) => queue.updateProgress(5), nothing)
    const updateProgress = () => Promise.reject(new Error('away'))
    expect(await provider.deliver('email', { updateProgress })).toMatchObject({ type: 'done' })
    expect(log.join('\n')).toContain('progress could not be stored')
  })

  const date = { type: 'string', format: 'date-time', 'x-type': 'Date' } as const
  const step = {
    type: 'object',
    properties: { at: date },
    required: ['at'],
    additionalProperties: false,
  }

  /** What is stored of what a function tells, and what the log says of it. */
  async function told(progress: unknown, schema: JsonSchema = {}) {
    const stored: unknown[] = []
    const { provider, log } = await startWorker((_, __, queue) => queue.updateProgress(progress), {
      output: { type: 'null', 'x-type': 'undefined' },
      progress: schema,
    })
    const updateProgress = (json: unknown) => Promise.resolve(void stored.push(json))
    expect(await provider.deliver('email', { updateProgress })).toMatchObject({ type: 'done' })
    return { stored, log: log.filter((line) => /progress/.test(line)) }
  }

  it('travels as its type says', async () => {
    const { stored, log } = await told({ at: new Date(0) }, step)
    expect(stored).toEqual([{ at: '1970-01-01T00:00:00.000Z' }])
    expect(log).toEqual([])
  })

  it('may be wider than its type, and the log says so', async () => {
    const { stored, log } = await told({ at: new Date(0), secret: 1 }, step)
    expect(stored).toEqual([{ at: '1970-01-01T00:00:00.000Z' }])
    expect(log).toEqual([expect.stringMatching(/its progress.*left out.*secret/)])
  })

  it.each([
    ['of another type', { at: 'now' }, step, /at must be a Date/],
    ['without a form in JSON', { at: new Date(0) }, {}, /at must be plain JSON, not a Date/],
    ['that is nothing', undefined, {}, /is missing/],
  ])('%s is not published, and the log says why', async (_what, progress, schema, reason) => {
    const { stored, log } = await told(progress, schema)
    expect(stored).toEqual([])
    expect(log).toEqual([expect.stringMatching(reason)])
  })
})

describe('which queues a worker works on', () => {
  it('declares its queues with the defaults filled in', async () => {
    const { provider } = await startWorker(() => null, {
      config: { deadLetterQueue: 'dead', attempts: 5, removeOnFail: 1 },
    })
    expect(provider.opened).toMatchObject([
      { name: 'email', attempts: 5, deadLetterQueue: 'dead', crashDelayMs: 1000, keepFailed: 1 },
    ])
  })

  it('autorun: false is set up but consumes only when it is named', async () => {
    const config = { autorun: false }
    expect((await startWorker(() => null, { config })).provider.calls).toEqual(['open'])
    const named = await startWorker(() => null, { config }, {}, { queues: ['email'] })
    expect(named.provider.calls).toEqual(['open', 'consume email'])
  })

  it('selects by tag', async () => {
    await expect(startWorker(() => null, { tags: ['a'] }, {}, { tags: ['b'] })).rejects.toThrow(
      'there is no queue to work on',
    )
    const selected = await startWorker(() => null, { tags: ['a'] }, {}, { tags: ['b', 'a'] })
    expect(selected.provider.calls).toContain('consume email')
  })

  it('refuses a queue that nothing is wired to', async () => {
    await expect(startWorker(() => null, {}, {}, { queues: ['mail'] })).rejects.toThrow(
      'no function is wired to queue "mail"',
    )
  })

  it('refuses a queue that the generated files do not know yet', async () => {
    await expect(startWorker(() => null, { queue: 'newer' })).rejects.toMatchObject({
      code: 'PKQ402',
      message: 'queue "newer" has no contract',
      hint: 'The generated files are older than its wiring: run `npx pikku generate`.',
    })
  })

  it('refuses two functions on one queue, and a wiring without a name', () => {
    const { wireQueueWorker } = createDefinitions<Services>(createRegistry())
    const func = { func: () => null }
    wireQueueWorker({ queueName: 'email', func })
    expect(() => {
      wireQueueWorker({ name: 'email', func })
    }).toThrow('queue "email" is wired twice')
    expect(() => {
      wireQueueWorker({ func } as unknown as QueueWiring<Services>)
    }).toThrow('a wireQueueWorker call names no queue')
  })
})
