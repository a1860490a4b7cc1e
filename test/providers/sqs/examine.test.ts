import { expect, it } from 'vitest'
import type { Finding, QueueDeclaration } from '../../../src/runtime/provider.ts'
import type { SqsConnection } from '../../../src/runtime/providers/sqs/index.ts'
import { SqsProvider } from '../../../src/runtime/providers/sqs/sqs-provider.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { sqsConnection } from '../../support/sqs.ts'
import { declaration, openProvider, queueName, Stranger } from './fixture.ts'

async function examine(
  queues: QueueDeclaration[],
  connection: SqsConnection = {},
): Promise<Finding[]> {
  const provider = new SqsProvider({
    connection: { ...sqsConnection(), ...connection },
    role: 'producer',
    logger: silentLogger,
  })
  return await provider.examine(queues)
}

const inWords = (findings: readonly Finding[]) =>
  findings.map(({ severity, message }) => `${severity} ${message}`)

it('finds the queues that it makes itself as they should be', async () => {
  const queues = [declaration(queueName(), { deadLetterQueue: queueName() })]
  await openProvider({ queues })
  expect(inWords(await examine(queues))).toEqual([
    expect.stringMatching(/^ok SQS at \S+ \(us-east-1\) answers; 2 of 2 queues are there$/),
  ])
})

it('finds what is missing, and makes nothing', async () => {
  const queues = [declaration(queueName(), { deadLetterQueue: queueName() })]
  for (const connection of [{}, { createQueues: true }, { queueUrlPrefix: await prefix() }]) {
    expect(inWords(await examine(queues, connection))).toEqual([
      expect.stringContaining('answers; 0 of 2 queues are there'),
      expect.stringContaining(`has no queue "${queues[0]?.name}"`),
      expect.stringContaining(`has no queue "${queues[0]?.deadLetterQueue}"`),
    ])
  }
})

/** What the URLs of the queues begin with. */
async function prefix(): Promise<string> {
  const name = queueName()
  await openProvider({ queues: [declaration(name)] })
  return (await new Stranger().url(name)).slice(0, -name.length)
}

it('finds settings that do not suit', async () => {
  const [name, letters] = [queueName(), queueName()]
  const stranger = new Stranger()
  await stranger.create(name, { DelaySeconds: '30', MaximumMessageSize: '2048' })
  await stranger.create(letters, { MessageRetentionPeriod: '86400' })
  const found = inWords(await examine([declaration(name, { deadLetterQueue: letters })]))
  expect(found.slice(1)).toEqual([
    `warning queue ${name} delays every job by 30 s that is added without a delay`,
    `warning queue ${name} takes jobs of at most 2048 bytes, and larger ones are refused by SQS`,
    expect.stringMatching(`^warning queue ${name}: it has no redrive policy`),
    expect.stringMatching(`^warning queue ${letters} keeps dead letters for no longer than`),
  ])
})

it('finds no way to SQS', async () => {
  const queues = [declaration(queueName())]
  await expect(examine(queues, { endpoint: 'http://127.0.0.1:1' })).rejects.toMatchObject({
    code: 'PKQ601',
  })
})
