import {
  CreateQueueCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { Consumer } from 'sqs-consumer'
import { createProvider } from '../../src/runtime/providers/sqs/index.ts'
import { openOurs } from './ours.ts'
import { type OpenSide, payloads } from './side.ts'

const access = (endpoint: string) => ({
  endpoint,
  region: 'eu-west-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
})

export const ours: OpenSide = (server, queue) =>
  openOurs(createProvider, { ...access(server), createQueues: true }, queue)

/** sqs-consumer in its fastest setting: batches of ten, handled at once, deleted at once. */
export const raw: OpenSide = async (server, queue) => {
  const sqs = new SQSClient(access(server))
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: queue }))
  if (QueueUrl === undefined) throw new Error(`queue ${queue} could not be made`)
  const consumers: Consumer[] = []
  return {
    async addMany(count) {
      const bodies = payloads(count).map((data) => JSON.stringify(data))
      const sendTen = async (from: number) => {
        const Entries = bodies
          .slice(from, from + 10)
          .map((MessageBody, index) => ({ Id: String(index), MessageBody }))
        const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
        if (Failed?.length) throw new Error(`${Failed.length} messages were refused`)
      }
      await Promise.all(payloads(Math.ceil(count / 10)).map(({ n }) => sendTen(n * 10)))
    },
    async addEach(count) {
      await Promise.all(
        payloads(count).map((data) =>
          sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(data) })),
        ),
      )
    },
    work(concurrency, handle) {
      for (let slots = 0; slots < concurrency; slots += 10) {
        const consumer = Consumer.create({
          queueUrl: QueueUrl,
          sqs,
          batchSize: 10,
          handleMessageBatch: async (messages) => {
            const data = messages.map(({ Body = '' }) => JSON.parse(Body) as { n: number })
            await Promise.all(data.map(handle))
            return messages
          },
        })
        consumer.on('error', console.error)
        consumer.start()
        consumers.push(consumer)
      }
      return Promise.resolve()
    },
    async close() {
      const stopped = consumers.map((consumer) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        consumer.once('stopped', () => {
          resolve()
        })
        consumer.stop()
        return promise
      })
      await Promise.all(stopped)
      sqs.destroy()
    },
  }
}
