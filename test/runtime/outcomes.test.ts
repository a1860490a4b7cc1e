import { describe, expect, it, vi } from 'vitest'
import { UnrecoverableError } from '../../src/runtime/errors.ts'
import { never, nothing, startWorker, type Body, type Options } from '../support/memory-worker.ts'

describe('outcomes', () => {
  const outcome = async (body: Body, options?: Options, attempt = 1) => {
    const { provider } = await startWorker(body, options)
    return provider.deliver('email', { attempt })
  }

  it('done, with the result', async () => {
    expect(await outcome(() => Promise.resolve({ ok: true }))).toEqual({
      type: 'done',
      result: { ok: true },
    })
  })

  it('retry after the backoff while attempts are left, then dead', async () => {
    const body = () => {
      throw new Error('declined')
    }
    const options: Options = { config: { backoff: { type: 'linear', delay: 7 } } }
    expect(await outcome(body, options, 2)).toMatchObject({ type: 'retry', delayMs: 14 })
    expect(await outcome(body, options, 3)).toMatchObject({
      type: 'dead',
      error: { message: 'declined' },
    })
  })

  it('dead at once for an UnrecoverableError', async () => {
    expect(
      await outcome(() => {
        throw new UnrecoverableError('gone')
      }),
    ).toMatchObject({ type: 'dead', error: { name: 'UnrecoverableError', message: 'gone' } })
  })

  it('fail(reason) is a failed attempt, even if the function catches it', async () => {
    const expected = { type: 'retry', error: { message: 'no stock', code: 'PKQ504' } }
    expect(await outcome((_, __, queue) => queue.fail('no stock'))).toMatchObject(expected)
    const swallowing: Body = (_, __, queue) => {
      try {
        queue.fail('no stock')
      } catch {
        return 'fine'
      }
    }
    expect(await outcome(swallowing)).toMatchObject(expected)
  })

  it('discard(reason) ends the job without retry', async () => {
    expect(await outcome((_, __, queue) => queue.discard('obsolete'))).toMatchObject({
      type: 'discarded',
      error: { message: 'obsolete' },
    })
  })

  it('a payload that does not fit is dead at once, and the function never sees it', async () => {
    const body = vi.fn()
    const result = await outcome(body, {
      input: { type: 'object', properties: { to: { type: 'string' } }, required: ['to'] },
    })
    expect(result).toMatchObject({ type: 'dead', error: { code: 'PKQ401' } })
    expect(body).not.toHaveBeenCalled()
  })

  it('a result that does not fit is dead: running it again would do the work twice', async () => {
    expect(await outcome(() => 5, { output: { type: 'string' } })).toMatchObject({
      type: 'dead',
      error: { code: 'PKQ508' },
    })
  })

  it("a function's own validator decides too", async () => {
    const schema = {
      '~standard': {
        version: 1 as const,
        vendor: 'test',
        validate: () => ({ issues: [{ message: 'must be odd', path: ['items', 0, 'n'] }] }),
      },
    }
    const registered = { func: { input: schema } } as unknown as Options
    expect(await outcome(() => null, registered)).toMatchObject({
      type: 'dead',
      error: {
        message: 'the payload of queue "email" does not fit its type: items[0].n must be odd',
      },
    })
  })

  describe('the validator of its result', () => {
    const output = { type: 'string' }
    const validating = (validate: (value: unknown) => unknown) =>
      ({
        output,
        func: { output: { '~standard': { version: 1 as const, vendor: 'test', validate } } },
      }) as unknown as Options

    it('makes the result', async () => {
      const options = validating((value) => ({ value: `${String(value)}!` }))
      expect(await outcome(() => 'done', options)).toEqual({ type: 'done', result: 'done!' })
    })

    it.each([
      [
        () => ({ issues: [{ message: 'is too short', path: ['id'] }] }),
        'does not fit its type: id is too short',
      ],
      [() => ({ value: 5 }), 'does not fit its type: (root) must be a string'],
      [() => Promise.reject(new Error('no database')), 'its validator failed: no database'],
    ])('refuses it for good: %s', async (validate, reason) => {
      expect(await outcome(() => 'done', validating(validate))).toMatchObject({
        type: 'dead',
        error: { code: 'PKQ508', message: expect.stringContaining(reason) },
      })
    })

    it('is not asked when the function has failed by itself', async () => {
      const validate = vi.fn()
      const result = await outcome(
        (_, __, queue) => queue.discard('obsolete'),
        validating(validate),
      )
      expect(result).toMatchObject({ type: 'discarded' })
      expect(validate).not.toHaveBeenCalled()
    })
  })
})

describe('interruptions', () => {
  it('a timeout aborts the signal and is a failed attempt', async () => {
    let signal: AbortSignal | undefined
    const { provider } = await startWorker(
      (_, __, queue) => {
        signal = queue.signal
        return never()
      },
      { config: { timeout: 20 } },
    )
    expect(await provider.deliver('email')).toMatchObject({
      type: 'retry',
      error: { code: 'PKQ502', message: 'the attempt took longer than its timeout of 20 ms' },
    })
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toMatchObject({ name: 'TimeoutError' })
  })

  it("a job's own timeout and backoff win over the wiring's", async () => {
    const { provider } = await startWorker(never, { config: { timeout: 60_000 } })
    const data = { $pikku: { timeout: 5, backoff: { type: 'fixed', delay: 9 } }, payload: null }
    expect(await provider.deliver('email', { data })).toMatchObject({ type: 'retry', delayMs: 9 })
  })

  it('a dead letter runs without the options of the job it was', async () => {
    const { provider } = await startWorker(never, { config: { timeout: 20 } })
    const data = {
      $pikku: { timeout: 60_000, backoff: { type: 'fixed', delay: 9 } },
      payload: null,
    }
    const origin = { queueName: 'a', jobId: '1', attemptsMade: 3, error: null }
    expect(await provider.deliver('email', { data, origin })).toMatchObject({
      type: 'retry',
      delayMs: 1000,
      error: { message: 'the attempt took longer than its timeout of 20 ms' },
    })
  })

  it('a lost claim aborts the signal and settles nothing', async () => {
    const lost = new AbortController()
    const { provider } = await startWorker(never)
    const outcome = provider.deliver('email', { lost: lost.signal })
    lost.abort()
    expect(await outcome).toEqual({ type: 'released', delayMs: 0 })
  })

  it('a shutdown lets a running job finish within its time', async () => {
    const gate = Promise.withResolvers<string>()
    const { worker, provider } = await startWorker(() => gate.promise)
    const outcome = provider.deliver('email')
    const stopped = worker.stop(10_000)
    gate.resolve('in time')
    expect(await outcome).toEqual({ type: 'done', result: 'in time' })
    await stopped
    expect(provider.calls.slice(-2)).toEqual(['stop email', 'close'])
  })

  it('a shutdown lets a job wind down that notices it, and what it ends with counts', async () => {
    const winding: Body = (_, __, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          setTimeout(resolve, 20, 'saved')
        })
      })
    const { worker, provider } = await startWorker(winding)
    const outcome = provider.deliver('email')
    await worker.stop(10)
    expect(await outcome).toEqual({ type: 'done', result: 'saved' })
  })

  it('a shutdown gives back what does not notice it', async () => {
    const { worker, provider } = await startWorker(never)
    const outcome = provider.deliver('email')
    await worker.stop(10)
    expect(await outcome).toEqual({ type: 'released', delayMs: 0 })
  })

  it('a shutdown gives back what throws when it is told, before it disconnects', async () => {
    const throwing: Body = (_, __, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          reject(new Error('told to stop'))
        })
      })
    const { worker, provider } = await startWorker(throwing)
    const outcome = provider.deliver('email')
    await worker.stop(10)
    expect(await outcome).toEqual({ type: 'released', delayMs: 0 })
    expect(await provider.deliver('email')).toEqual({ type: 'released', delayMs: 0 })
  })

  it('a job whose claim lapsed before it could begin is not run', async () => {
    let runs = 0
    const { provider } = await startWorker(() => void (runs += 1), nothing)
    const now = performance.now()
    expect(await provider.deliver('email', { heldUntil: now - 1 })).toEqual({
      type: 'released',
      delayMs: 0,
    })
    expect(runs).toBe(0)
    expect(await provider.deliver('email', { heldUntil: now + 60_000 })).toMatchObject({
      type: 'done',
    })
    expect(runs).toBe(1)
  })
})
