import { describe, expect, it } from 'vitest'
import { projectOf, runGenerate } from '../support/project.ts'

const head = `import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
const func = pikkuSessionlessFunc<string>(async () => {})
`

async function check(source: string, exitCode: number): Promise<string> {
  const root = await projectOf({ 'src/main.ts': head + source })
  const run = await runGenerate(root)
  expect(run.exitCode).toBe(exitCode)
  return run.stderr
}

describe('rules', () => {
  it('a queue name that the provider forbids', async () => {
    expect(await check(`wireQueueWorker({ queue: 'a b', func })\n`, 1)).toMatchInlineSnapshot(`
      "src/main.ts:3:1 - error PKQ303: the queue name "a b" is not allowed on embedded

        2 | const func = pikkuSessionlessFunc<string>(async () => {})
        3 | wireQueueWorker({ queue: 'a b', func })
          | ^

        Allowed are letters, digits, and . _ - / only, at most 255 characters.

      1 error; nothing was written
      "
    `)
    const long = 'a'.repeat(256)
    expect(await check(`wireQueueWorker({ queue: '${long}', func })\n`, 1)).toContain('PKQ303')
  })

  it('unknown options', async () => {
    expect(
      await check(
        `wireQueueWorker({\n  queue: 'a',\n  func,\n  config: {\n    batchsize: 3,\n    zzz: 1,\n  } as object,\n})\n`,
        1,
      ),
    ).toMatchInlineSnapshot(`
      "src/main.ts:7:5 - error PKQ304: the config of queue "a" has no option "batchsize"

        6 |   config: {
        7 |     batchsize: 3,
          |     ^

        Did you mean "batchSize"?

      src/main.ts:8:5 - error PKQ304: the config of queue "a" has no option "zzz"

        7 |     batchsize: 3,
        8 |     zzz: 1,
          |     ^

        It takes batchSize, prefetch, pollInterval, visibilityTimeout, lockDuration, drainDelay, removeOnComplete, removeOnFail, maxStalledCount, name, autorun, attempts, backoff, deadLetterQueue, timeout.

      2 errors; nothing was written
      "
    `)
  })

  it('values out of range', async () => {
    expect(
      await check(
        `wireQueueWorker({\n  queue: 'a',\n  func,\n  config: { batchSize: 0, pollInterval: 1, backoff: { type: 'fixed', delay: -1 } },\n})\n`,
        1,
      ),
    ).toMatchInlineSnapshot(`
      "src/main.ts:6:13 - error PKQ305: queue "a": batchSize must be a whole number from 1 to 1000

        5 |   func,
        6 |   config: { batchSize: 0, pollInterval: 1, backoff: { type: 'fixed', delay: -1 } },
          |             ^

        Correct the value.

      src/main.ts:6:27 - error PKQ305: queue "a": pollInterval must be a number of milliseconds from 10 to 3600000

        5 |   func,
        6 |   config: { batchSize: 0, pollInterval: 1, backoff: { type: 'fixed', delay: -1 } },
          |                           ^

        Correct the value.

      src/main.ts:6:44 - error PKQ305: queue "a": backoff has a delay that is wrong: it must be a number of milliseconds from 0 to 2592000000

        5 |   func,
        6 |   config: { batchSize: 0, pollInterval: 1, backoff: { type: 'fixed', delay: -1 } },
          |                                            ^

        Correct the value.

      3 errors; nothing was written
      "
    `)
  })

  it('dead letter queues that lead back to themselves', async () => {
    const wire = (queue: string, to: string) =>
      `wireQueueWorker({ queue: '${queue}', func, config: { deadLetterQueue: '${to}' } })\n`
    expect(await check(wire('a', 'a'), 1)).toMatchInlineSnapshot(`
      "src/main.ts:3:47 - error PKQ307: a dead letter queue leads back to itself: a → a

        2 | const func = pikkuSessionlessFunc<string>(async () => {})
        3 | wireQueueWorker({ queue: 'a', func, config: { deadLetterQueue: 'a' } })
          |                                               ^

        A job that fails for good would go round for ever. Let the last one have no deadLetterQueue.

      1 error; nothing was written
      "
    `)
    expect(await check(wire('start', 'x') + wire('x', 'y') + wire('y', 'z') + wire('z', 'x'), 1))
      .toMatchInlineSnapshot(`
      "src/main.ts:4:47 - error PKQ307: a dead letter queue leads back to itself: x → y → z → x

        3 | wireQueueWorker({ queue: 'start', func, config: { deadLetterQueue: 'x' } })
        4 | wireQueueWorker({ queue: 'x', func, config: { deadLetterQueue: 'y' } })
          |                                               ^

        A job that fails for good would go round for ever. Let the last one have no deadLetterQueue.

      1 error; nothing was written
      "
    `)
  })

  it('a dead letter queue whose function takes another payload', async () => {
    const other = `const other = pikkuSessionlessFunc<number>(async () => {})\n`
    const any = `const any = pikkuSessionlessFunc<unknown>(async () => {})\n`
    const wire = (target: string, func: string) =>
      `wireQueueWorker({ queue: 'a', func, config: { deadLetterQueue: '${target}' } })\n` +
      `wireQueueWorker({ queue: '${target}', func: ${func} })\n`
    expect(await check(other + wire('dead', 'other'), 0)).toMatchInlineSnapshot(`
      "src/main.ts:4:47 - warning PKQ310: dead letters of queue "a" do not fit the function of "dead"

        3 | const other = pikkuSessionlessFunc<number>(async () => {})
        4 | wireQueueWorker({ queue: 'a', func, config: { deadLetterQueue: 'dead' } })
          |                                               ^

        They keep their payload. Give both functions the same input type.

      "
    `)
    expect(await check(wire('dead', 'func'), 0)).toBe('')
    expect(await check(any + wire('dead', 'any'), 0)).toBe('')
  })

  it('a dead letter queue that nothing works on', async () => {
    expect(
      await check(
        `wireQueueWorker({ queue: 'a', func, config: { deadLetterQueue: 'a-dead' } })\n`,
        0,
      ),
    ).toBe('')
  })

  it('a dead letter queue that nothing works on, and whose name is forbidden', async () => {
    const wire = (target: string) =>
      `wireQueueWorker({ queue: 'a', func, config: { deadLetterQueue: '${target}' } })\n`
    expect(await check(wire('a dead'), 1)).toContain(
      'src/main.ts:3:47 - error PKQ303: the queue name "a dead" is not allowed on embedded',
    )
    const both = wire('a dead') + `wireQueueWorker({ queue: 'a dead', func })\n`
    expect(await check(both, 1)).toContain('\n1 error; nothing was written')
  })
})
