import { describe, expect, it } from 'vitest'
import { providerNames, type ProviderName } from '../../src/runtime/capabilities.ts'
import { until } from '../support/provider-work.ts'
import { setStage } from './stage.ts'

const payment = { amount: 3, card: '4111-1111', at: new Date('2026-01-02T03:04:05.678Z') }
const capable = providerNames.filter((name) => name !== 'sqs')

/** The queue as the board lists it, with its jobs of the status. */
async function lookAt(stage: Stage, queue: string, status: string): Promise<ListedQueue> {
  const query = `activeQueue=${queue}&status=${status}&page=1&jobsPerPage=10`
  const { body } = await stage.api('GET', `queues?${query}`)
  const found = (body as { queues: ListedQueue[] }).queues.find(({ name }) => name === queue)
  if (!found) throw new Error(`the board has no queue ${queue}`)
  return found
}

type Stage = Awaited<ReturnType<typeof setStage>>
interface ListedQueue {
  name: string
  description: string
  counts: Record<string, number>
  jobs: { id: string; name: string; data: unknown; failedReason: string; returnValue: unknown }[]
  isPaused: boolean
  statuses: string[]
}

describe.each(capable)('the board on %s', (name) => {
  it('shows a failed job, its dead letter, and retries it', async () => {
    const stage = await setStage({ backend: name })
    const { api, bank, client, queue } = stage
    const id = await client.add(queue('payments'), payment)
    await expect(client.waitForCompletion(queue('payments'), id)).rejects.toThrow('declined')

    const failed = await lookAt(stage, queue('payments'), 'failed')
    expect(failed.description).toContain('Charge a card. Once for each order.')
    expect(failed.counts).toMatchObject({ failed: 1, waiting: 0, completed: 0 })
    expect(failed.jobs).toMatchObject([{ id, failedReason: 'the bank declined' }])
    const letters = await lookAt(stage, queue('payments-dead'), 'waiting')
    expect(letters.jobs).toMatchObject([
      { name: `dead letter of ${queue('payments')}`, failedReason: 'the bank declined' },
    ])
    const data = { amount: 3, card: '[redacted]', at: '2026-01-02T03:04:05.678Z' }
    expect([failed, letters].map(({ jobs }) => jobs[0]?.data)).toEqual([data, data])

    bank.accepts = true
    expect((await api('PUT', `queues/${queue('payments')}/${id}/retry`)).status).toBe(200)
    expect(await client.waitForCompletion(queue('payments'), id)).toBe('charged')
    const job = await api('GET', `queues/${queue('payments')}/${id}`)
    expect(job.body).toMatchObject({
      status: 'completed',
      job: { returnValue: 'charged', progress: { percent: 50, card: '[redacted]' } },
    })
    expect(JSON.stringify([failed, letters, job])).not.toContain('4111-1111')
    expect((await api('PUT', `queues/${queue('payments')}/${id}/retry`)).status).toBe(409)
  })

  it('shows discarded jobs by themselves, and results without what is sensitive', async () => {
    const stage = await setStage({ backend: name })
    const { api, client, queue, url } = stage
    const [sent = '', discarded = ''] = await client.addBulk(queue('email'), [
      { data: { to: 'a@b' } },
      { data: { to: 'nobody' } },
    ])
    await client.waitForCompletion(queue('email'), sent)
    await expect(client.waitForCompletion(queue('email'), discarded)).rejects.toThrow('discarded')
    expect(await lookAt(stage, queue('email'), 'waiting-children')).toMatchObject({
      counts: { 'waiting-children': 1, completed: 1, failed: 0 },
      jobs: [{ id: discarded, failedReason: 'nobody is there' }],
    })
    const texts: unknown = await (
      await fetch(new URL('static/locales/en-US/messages.json', url))
    ).json()
    expect(texts).toMatchObject({
      JOB: { ACTIONS: { REMOVE_UNPROCESSED_CHILDREN: 'Retry' } },
      QUEUE: { STATUS: { 'WAITING-CHILDREN': 'Discarded', FAILED: 'Failed' } },
    })
    expect(await api('GET', `queues/${queue('email')}/${sent}`)).toMatchObject({
      body: { job: { returnValue: { token: '[redacted]' } } },
    })
  })

  // The latter is what the board calls its button beside a discarded job.
  it.each(['retry', 'remove-unprocessed-children'])(
    '%s runs a discarded job again',
    async (how) => {
      const stage = await setStage({ backend: name })
      const { api, client, queue } = stage
      const jobId = 'nobody/1 %2F?'
      const id = await client.add(queue('email'), { to: 'nobody' }, { jobId })
      await expect(client.waitForCompletion(queue('email'), id)).rejects.toThrow('discarded')
      await api('PUT', `queues/${queue('email')}/pause`)
      const retry = `queues/${queue('email')}/${encodeURIComponent(id)}/${how}`
      expect((await api('PUT', retry)).status).toBe(200)
      expect((await client.getJob(queue('email'), id))?.status).toBe('waiting')
      expect(await api('PUT', retry)).toMatchObject({
        status: 409,
        body: { message: expect.stringContaining('not failed or discarded') as string },
      })
      expect((await api('PUT', retry.replace('nobody', 'somebody'))).status).toBe(404)
      await api('PUT', `queues/${queue('email')}/resume`)
      await expect(client.waitForCompletion(queue('email'), id)).rejects.toThrow('discarded')
    },
  )

  it('adds, pauses, resumes, drains and removes', async () => {
    const stage = await setStage({ backend: name, worker: false })
    const { api, queue } = stage
    const path = `queues/${queue('email')}`
    const add = (data: unknown, options = {}) =>
      api('POST', `${path}/add`, { name: '', data, options })
    expect(await add({ to: 'a@b' })).toMatchObject({ status: 200, body: { status: 'waiting' } })
    expect(await add({ to: 'c@d' }, { delay: 60_000 })).toMatchObject({
      body: { status: 'delayed' },
    })
    expect(await add({ to: 7 })).toMatchObject({ status: 400 })
    expect(await add({ to: '[redacted]' })).toMatchObject({ status: 400 })
    expect(await add({ to: 'a@b' }, { speed: 9 })).toMatchObject({ status: 400 })

    expect((await api('PUT', `${path}/pause`)).status).toBe(200)
    expect(await lookAt(stage, queue('email'), 'waiting')).toMatchObject({
      isPaused: true,
      counts: { waiting: 1, delayed: 1 },
      jobs: [{ data: { to: 'a@b' } }],
    })
    await api('PUT', `${path}/resume`)
    expect((await lookAt(stage, queue('email'), 'latest')).jobs.length).toBe(2)
    expect((await api('PUT', `${path}/clean/delayed`)).status).toBe(200)
    expect(await lookAt(stage, queue('email'), 'waiting')).toMatchObject({
      isPaused: false,
      counts: { waiting: 1, delayed: 0 },
    })
    await api('PUT', `${path}/empty`)
    expect((await lookAt(stage, queue('email'), 'waiting')).counts).toMatchObject({ waiting: 0 })
  })

  it('refuses what our queues cannot do, rather than to do nothing', async () => {
    const { api, client, queue } = await setStage({ backend: name, worker: false })
    const id = await client.add(queue('email'), { to: 'a@b' }, { delay: 60_000, jobId: 'a/b %2F?' })
    const job = `queues/${queue('email')}/${encodeURIComponent(id)}`
    expect(await api('GET', job)).toMatchObject({ body: { job: { id }, status: 'delayed' } })
    expect((await api('PUT', `${job}/promote`)).status).toBe(405)
    expect((await api('PATCH', `${job}/update-data`, { jobData: {} })).status).toBe(405)
    await api('PUT', `queues/${queue('email')}/pause`)
    expect((await api('PUT', `queues/${queue('email')}/obliterate`, {})).status).toBe(405)
    expect((await api('POST', `queues/${queue('payments-dead')}/add`, { data: {} })).status).toBe(
      405,
    )
    expect((await api('PUT', `${job}/clean`)).status).toBe(204)
    expect((await api('GET', job)).status).toBe(404)
  })
})

it('on SQS there are numbers, and the board says that there are no more', async () => {
  const stage = await setStage({ backend: 'sqs' satisfies ProviderName, worker: false })
  const { api, client, queue } = stage
  await client.add(queue('email'), { to: 'a@b' })
  await until(async () => {
    const { counts } = await lookAt(stage, queue('email'), 'latest')
    return counts['waiting'] === 1
  }, 'SQS to count the job')
  const { jobs, description, statuses } = await lookAt(stage, queue('email'), 'latest')
  expect(jobs).toEqual([])
  expect(description).toContain('AWS SQS shows no single jobs')
  expect(statuses).not.toContain('failed')
  expect(await api('PUT', `queues/${queue('email')}/pause`)).toMatchObject({
    status: 405,
    body: { message: 'Pausing is not supported on AWS SQS.' },
  })
  const added = { name: '', data: { to: 'b@c' }, options: {} }
  expect(await api('POST', `queues/${queue('email')}/add`, added)).toMatchObject({ status: 200 })
})
