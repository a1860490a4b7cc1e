import { SQSClient } from '@aws-sdk/client-sqs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { UnrecoverableError } from '../../../src/runtime/errors.ts'
import type { QueueInteraction } from '../../../src/runtime/types.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { queueName } from './fixture.ts'
import type { SqsRecord } from '../../../src/runtime/lambda/index.ts'
import { EventSource, handlerOf, returnedBy } from './lambda-source.ts'

const fates = [
  ...['succeeds', 'throws', 'fails', 'fails for good', 'discards', 'runs out of time'],
  ...['does not fit', 'is no JSON'],
  // What there is no end of before the function's own.
  ...['stops when told', 'is deaf', 'wraps up'],
] as const
type Fate = (typeof fates)[number]

const lingers = (fate: Fate) => ['stops when told', 'is deaf', 'wraps up'].includes(fate)

interface Job {
  fate: Fate
  isLast: boolean
  group: string
}

/** Rarely one that lingers: it takes the function's whole time. */
const job = fc.record({
  fate: fc.oneof(
    { weight: 100, arbitrary: fc.constantFrom(...fates.filter((fate) => !lingers(fate))) },
    { weight: 1, arbitrary: fc.constantFrom(...fates.filter(lingers)) },
  ),
  isLast: fc.boolean(),
  group: fc.constantFrom('a', 'b', 'c'),
})
const batch = fc.array(job, { minLength: 1, maxLength: 10 })

/** What Lambda has to have returned, and what has to be among the dead letters: by place in the batch. */
function expected(jobs: readonly Job[], isFifo: boolean): { returned: number[]; dead: number[] } {
  const [returned, dead]: [number[], number[]] = [[], []]
  const blocked = new Set<string>()
  for (const [index, { fate, isLast, group }] of jobs.entries()) {
    const verdict = isFifo && blocked.has(group) ? 'returned' : verdictOf(fate, isLast)
    if (verdict === 'dead') dead.push(index)
    if (verdict === 'returned') returned.push(index)
    // After one that took all the time, none is begun.
    if (verdict === 'returned' || lingers(fate)) blocked.add(group)
  }
  return { returned, dead }
}

function verdictOf(fate: Fate, isLast: boolean): 'gone' | 'dead' | 'returned' {
  switch (fate) {
    case 'succeeds':
    case 'discards':
    case 'wraps up':
      return 'gone'
    case 'fails for good':
    case 'does not fit':
    case 'is no JSON':
      return 'dead'
    case 'throws':
    case 'fails':
    case 'runs out of time':
      return isLast ? 'dead' : 'returned'
    // It is the function that was too slow: a job has its attempts, and is given up when it comes again.
    case 'stops when told':
    case 'is deaf':
      return 'returned'
  }
}

function bodyOf({ fate }: Job, place: number): string {
  if (fate === 'is no JSON') return `{ "place": ${place} `
  const payload = fate === 'does not fit' ? { place, fate: 7 } : { place, fate }
  const isShort = fate === 'runs out of time'
  return JSON.stringify(isShort ? { $pikku: { timeout: 5 }, payload } : payload)
}

const placeOf = ({ body }: SqsRecord) => Number(/"place": ?(\d+)/.exec(body)?.[1])

const input = {
  type: 'object',
  properties: { place: { type: 'number' }, fate: { type: 'string' } },
  required: ['place', 'fate'],
}

async function live(fate: Fate, queue: QueueInteraction): Promise<void> {
  const told = new Promise<void>((resolve) => {
    queue.signal.addEventListener('abort', () => resolve())
  })
  switch (fate) {
    case 'throws':
      throw new Error('not yet')
    case 'fails':
      return queue.fail('not yet')
    case 'fails for good':
      throw new UnrecoverableError('never')
    case 'discards':
      return queue.discard()
    case 'stops when told':
      await told
      throw queue.signal.reason
    case 'wraps up':
      return told
    case 'is deaf':
    case 'runs out of time':
      return new Promise(() => undefined)
    default:
      return undefined
  }
}

/** A share of the thousand: they run beside each other. */
const shares = [1, 2].flatMap((share) => [
  { share, isFifo: false },
  { share, isFifo: true },
])
const batchesEach = 250

describe.concurrent(
  'of a thousand batches, what is returned is exactly what has to come again',
  () => {
    it.each(shares)(
      'share $share, FIFO: $isFifo',
      async ({ isFifo }) => {
        const client = new SQSClient(sqsConnection())
        const property = fc.asyncProperty(batch, (jobs) => check(client, jobs, isFifo))
        await fc.assert(property, { numRuns: batchesEach, endOnFailure: true })
        client.destroy()
      },
      300_000,
    )
  },
)

async function check(client: SQSClient, jobs: readonly Job[], isFifo: boolean): Promise<void> {
  const suffix = isFifo ? '.fifo' : ''
  const source = await EventSource.create(client, queueName(suffix))
  const letters = await EventSource.create(client, queueName(`-dead${suffix}`))
  const begun: number[] = []
  const handler = handlerOf([
    {
      queue: source.name,
      input,
      config: { deadLetterQueue: letters.name },
      body: (data, queue) => {
        const { place, fate } = data as { place: number; fate: Fate }
        begun.push(place)
        return live(fate, queue)
      },
    },
  ])
  await source.send(
    jobs.map((one, place) => ({
      body: bodyOf(one, place),
      meta: { attempts: one.isLast ? 1 : 3 },
      // The emulator hands out one of a group; that some are of one is only in the event.
      ...(isFifo && { group: `${place}` }),
    })),
  )
  const event = await source.receive(jobs.length)
  event.Records.sort((a, b) => placeOf(a) - placeOf(b))
  for (const [place, { attributes }] of event.Records.entries()) {
    if (isFifo) attributes.MessageGroupId = jobs[place]?.group ?? ''
  }

  const { returned, dead } = expected(jobs, isFifo)
  const remainingMs = jobs.some(({ fate }) => lingers(fate)) ? 3_000 : 20_000
  expect(await returnedBy(handler, event, remainingMs)).toEqual(returned)
  const bodies = dead.map((place) => event.Records[place]?.body)
  expect((await take(letters, dead.length)).sort()).toEqual(bodies.sort())
  if (isFifo) expectInOrder(begun, jobs)
  await source.destroy()
  await letters.destroy()
}

/** Takes the messages out of the queue, and returns their bodies. Of a group there is only one at a time. */
async function take(source: EventSource, count: number): Promise<string[]> {
  const bodies: string[] = []
  while (bodies.length < count) {
    const { Records: records } = await source.receiveSome()
    if (records.length === 0) break
    await source.delete(records)
    bodies.push(...records.map(({ body }) => body))
  }
  return bodies
}

/** Each group's jobs began in the order of the batch. */
function expectInOrder(begun: readonly number[], jobs: readonly Job[]): void {
  for (const group of ['a', 'b', 'c']) {
    const ofGroup = begun.filter((place) => jobs[place]?.group === group)
    expect(ofGroup).toEqual(ofGroup.toSorted((a, b) => a - b))
  }
}
