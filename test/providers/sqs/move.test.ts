import { describe, expect, it } from 'vitest'
import { mostBytes } from '../../../src/runtime/providers/sqs/limits.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { declaration, openProvider, queueName, sendOne, Stranger, until, work } from './fixture.ts'

describe('moving to a queue that is not there', () => {
  const prefix = () => `${sqsConnection().endpoint}/000000000000/shop-`

  it.each([
    ['looked up by name', () => undefined, ''],
    ['under a prefix, without a look', prefix, 'shop-'],
  ])('names that one, %s, and loses nothing', async (_how, queueUrlPrefix, begin) => {
    const [letters, nowhere] = [queueName(), queueName()]
    const at = queueUrlPrefix()
    const stranger = new Stranger()
    await stranger.create(`${begin}${letters}`)
    const provider = await openProvider({
      queues: [declaration(letters)],
      role: 'producer',
      connection: { createQueues: false, ...(at !== undefined && { queueUrlPrefix: at }) },
    })
    await sendOne(provider, letters, { data: 1 })

    const place = ({ id }: { id: string }) => ({ queue: nowhere, id, attempts: 3 })
    await expect(provider.move(letters, 10, place)).rejects.toMatchObject({
      code: 'PKQ402',
      message: expect.stringMatching(new RegExp(` has no queue "${begin}${nowhere}"$`)),
      hint: expect.stringContaining(`--queue-name ${begin}${nowhere}`),
    })
    expect((await stranger.counts(`${begin}${letters}`)).reduce((a, b) => a + b)).toBe(1)
  })

  it('says where the prefix leads', async () => {
    const queue = queueName()
    const connection = { createQueues: false, queueUrlPrefix: prefix() }
    const provider = await openProvider({ queues: [], role: 'producer', connection })
    await expect(provider.overview(queue)).rejects.toMatchObject({
      code: 'PKQ402',
      hint: expect.stringMatching(new RegExp(`With it, the URL is ${prefix()}${queue}$`)),
    })
  })
})

describe('a message that leaves no room for what tells of it', () => {
  const most = JSON.stringify('x'.repeat(mostBytes - 2))

  it('is moved all the same, and keeps no other from it', async () => {
    const [letters, queue] = [queueName(), queueName()]
    const stranger = new Stranger()
    const provider = await openProvider({ queues: [declaration(letters), declaration(queue)] })
    await stranger.send(letters, '"first"')
    await stranger.send(letters, most)
    await stranger.send(letters, '"last"')
    const place = ({ id }: { id: string }) => ({ queue, id, attempts: 3 })
    expect(await provider.move(letters, Infinity, place)).toEqual({ moved: 3, left: 0 })
    await stranger.untilEmpty(letters)
    const seen = work(provider, queue)
    await until(() => seen.jobs.length === 3, 'all three')
    const sizes = seen.jobs.map(({ data }) => JSON.stringify(data).length)
    expect(sizes.toSorted((a, b) => a - b)).toEqual([6, 7, mostBytes])
  })

  it('can be looked at, and stays', async () => {
    const letters = queueName()
    const stranger = new Stranger()
    const provider = await openProvider({ queues: [declaration(letters)] })
    await stranger.send(letters, most)
    expect(await provider.move(letters, Infinity, () => undefined)).toEqual({ moved: 0, left: 1 })
    const seen = work(provider, letters)
    await until(() => seen.jobs.length === 1, 'it to be there')
    expect(seen.jobs[0]?.attempt).toBe(1)
  })
})
