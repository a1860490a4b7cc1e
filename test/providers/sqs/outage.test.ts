import { describe, expect, it, onTestFinished } from 'vitest'
import { sqsConnection } from '../../support/sqs.ts'
import { TcpProxy } from '../../support/tcp-proxy.ts'
import {
  declaration,
  done,
  job,
  listeningLogger,
  openProvider,
  queueName,
  sendOne,
  Stranger,
  until,
  work,
} from './fixture.ts'

async function openBehindTcp() {
  const network = await TcpProxy.start(Number(new URL(sqsConnection().endpoint).port))
  onTestFinished(() => network.close())
  const queue = queueName()
  const logger = listeningLogger()
  const connection = { endpoint: `http://127.0.0.1:${network.port}` }
  const provider = await openProvider({ queues: [declaration(queue)], logger, connection })
  return { network, queue, logger, provider }
}

describe('an outage', () => {
  it('delays settlements and changes none; the worker resumes by itself', async () => {
    const { network, queue, logger, provider } = await openBehindTcp()
    await sendOne(provider, queue, { attempts: 1, data: 'first' })
    const finish = Promise.withResolvers<void>()
    const seen = work(provider, queue, async ({ data }) => {
      if (data === 'first') await finish.promise
      return done
    })
    await until(() => seen.jobs.length === 1, 'the job to run')
    network.refuse()
    finish.resolve()
    await until(() => !seen.consumer.healthy, 'the worker to notice')
    network.pass()
    await until(() => seen.consumer.healthy, 'the worker to be healthy')
    const stranger = new Stranger()
    await stranger.untilEmpty(queue)
    await sendOne(provider, queue, { data: 'second' })
    await until(() => seen.jobs.length === 2, 'the next job')
    const said = (what: string) => logger.lines.filter((line) => line.includes(what))
    expect(said('cannot be reached; trying again')).toHaveLength(1)
    expect(said('answers again')).toHaveLength(1)
    expect(said('settling jobs failed')).toEqual([])
    expect(seen.jobs[0]?.lost.aborted).toBe(false)
  })

  it('that cuts every connection again and again loses no job of many', async () => {
    const { network, queue, provider } = await openBehindTcp()
    const sender = await openProvider({ queues: [declaration(queue)], role: 'producer' })
    const results = await sender.send(
      queue,
      Array.from({ length: 400 }, (_, n) => job({ data: n, attempts: 20 })),
    )
    expect(results.every((result) => 'id' in result)).toBe(true)
    const ran = new Set<unknown>()
    work(
      provider,
      queue,
      async ({ data }) => {
        ran.add(data)
        if (ran.size % 40 === 0) network.cut()
        await Promise.resolve()
        return done
      },
      { visibilityTimeoutSeconds: 2 },
    )
    await until(() => ran.size === 400, 'all of them')
    await new Stranger().untilEmpty(queue)
  })

  it('does not hold up a close', async () => {
    const { network, queue, provider } = await openBehindTcp()
    await sendOne(provider, queue)
    const finish = Promise.withResolvers<void>()
    const seen = work(provider, queue, () => finish.promise.then(() => done))
    await until(() => seen.jobs.length === 1, 'the job')
    network.hang()
    finish.resolve()
    const startedAt = performance.now()
    await provider.close(2_000)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })
})
