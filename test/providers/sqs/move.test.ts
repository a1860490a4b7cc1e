import { describe, expect, it } from 'vitest'
import { sqsConnection } from '../../support/sqs.ts'
import { declaration, openProvider, queueName, sendOne, Stranger } from './fixture.ts'

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
