import { describe, expect, it, onTestFinished } from 'vitest'
import { mark, createRedactor } from '../../src/dashboard/redact.ts'
import type { Contracts, JsonSchema } from '../../src/runtime/contract.ts'
import { declareContracts } from '../../src/runtime/declare-queues.ts'
import { wrap } from '../../src/runtime/envelope.ts'
import { previewRedrive, redrive } from '../../src/runtime/redrive.ts'
import { backends, type TestBackend } from '../support/backends.ts'
import { dead, sendOne, until, work } from '../support/provider-work.ts'

const object = (properties: Record<string, JsonSchema>): JsonSchema => ({
  ...{ type: 'object', properties, required: Object.keys(properties) },
  additionalProperties: false,
})

/** Payments whose cards nobody may see, and a queue for refunds that marks nothing. */
function contractsFor(queue: (name: string) => string): Contracts {
  const [output, amount] = [{}, { type: 'number' }]
  const defaults = { attempts: 1, deadLetterQueue: queue('payments-dead') }
  const card: JsonSchema = { type: 'string', 'x-sensitive': true }
  return {
    queues: {
      [queue('payments')]: { input: object({ amount, card }), output, defaults },
      [queue('refunds')]: {
        input: object({ amount, card: { type: 'string' } }),
        output,
        defaults: {},
      },
      [queue('mails')]: { input: object({ to: { type: 'string' } }), output, defaults: {} },
    },
    $defs: {},
  }
}

const payment = wrap({ amount: 30, card: '4111' }, { contract: 'a0' })
/** Of an older version. */
const broken = { amount: 'thirty' }

/** Two payments in their dead letter queue, of which one fits no queue. */
async function setStage(backend: TestBackend) {
  const { queue } = backend
  const contracts = contractsFor(queue)
  const provider = backend.provider('worker')
  onTestFinished(() => provider.close(2_000))
  await provider.open(declareContracts(contracts))
  const failing = work(provider, () => dead, {}, queue('payments'))
  for (const data of [payment, broken]) {
    await sendOne(provider, { data, attempts: 1 }, queue('payments'))
  }
  const waiting = async (name: string) => (await provider.overview?.(queue(name)))?.counts.waiting
  await until(async () => (await waiting('payments-dead')) === 2, 'the dead letters')
  await failing.consumer.stop()
  const from = queue('payments-dead')
  return { provider, contracts, queue, waiting, from }
}

describe.each(['bullmq', 'pg-boss', 'sqs'] as const)('a redrive on %s', (name) => {
  it('leaves what the contract of its queue does not take, and says why', async () => {
    const { provider, contracts, queue, waiting, from } = await setStage(await backends[name]())
    const of = (to: string, letters: number, reason: string) => [
      { queue: queue(to), letters, reason: expect.stringContaining(reason) as string },
    ]
    const toMails = { from, to: queue('mails'), contracts }
    const [misfits, misfit] = [of('mails', 2, 'to '), of('payments', 1, 'card ')]
    const none = name === 'sqs'
    expect(await previewRedrive(provider, toMails)).toEqual({
      ...{ byQueue: none ? null : new Map(), refused: none ? null : misfits, waiting: 2 },
    })
    expect(await redrive(provider, toMails)).toEqual({ moved: 0, left: 2, refused: misfits })
    expect(await waiting('payments-dead')).toBe(2)
    expect(await waiting('mails')).toBe(0)

    const back = { from, contracts }
    expect(await previewRedrive(provider, back)).toEqual({
      byQueue: none ? null : new Map([[queue('payments'), 1]]),
      ...{ refused: none ? null : misfit, waiting: 2 },
    })
    expect(await redrive(provider, back)).toEqual({ moved: 1, left: 1, refused: misfit })
    expect(await waiting('payments-dead')).toBe(1)
  })

  it('takes along where a job comes from, so that it shows no more than there', async () => {
    const { provider, contracts, queue, from } = await setStage(await backends[name]())
    const result = await redrive(provider, { from, to: queue('refunds'), contracts })
    expect(result).toMatchObject({ moved: 1, left: 1 })
    const again = work(provider, () => dead, {}, queue('refunds'))
    await until(() => again.jobs.length === 1, 'the redriven job')
    const redactor = createRedactor(contracts)
    for (const { data } of again.jobs) {
      const job = { queueName: queue('refunds'), data, origin: null, result: null, progress: null }
      expect(redactor(job).payload).toEqual({ amount: 30, card: mark })
    }
  })
})
