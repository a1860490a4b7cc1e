import { expect, it } from 'vitest'
import { jobEvents } from '../../src/runtime/job-events.ts'
import type { StoredJob } from '../../src/runtime/provider.ts'

const job: StoredJob = {
  id: '1',
  queueName: 'email',
  data: null,
  status: 'waiting',
  progress: null,
  result: null,
  error: null,
  attemptsMade: 0,
  maxAttempts: 3,
  createdAt: new Date(0),
  startedAt: null,
  finishedAt: null,
  delayedUntil: null,
  origin: null,
}

async function eventsOf(...states: Partial<StoredJob>[]): Promise<string[]> {
  const events: string[] = []
  async function* looks() {
    for (const state of states) yield await Promise.resolve({ ...job, ...state })
  }
  for await (const event of jobEvents(looks(), {
    result: ({ result }) => result,
    progress: ({ progress }) => progress,
  })) {
    const { type, ...more } = event
    events.push([type, ...Object.values(more).map((value) => JSON.stringify(value))].join(' '))
  }
  return events
}

it('an attempt begins before its progress, and ends after it, however seldom one looks', async () => {
  expect(
    await eventsOf(
      {},
      { status: 'active', attemptsMade: 1, progress: 10 },
      { status: 'active', attemptsMade: 1, progress: 20 },
      { status: 'active', attemptsMade: 2, progress: 30 },
      { status: 'completed', attemptsMade: 2, progress: 40, result: 'sent' },
    ),
  ).toEqual([
    ...['active 1', 'progress 10', 'progress 20'],
    ...['active 2', 'progress 30', 'progress 40', 'completed "sent"'],
  ])
})

it('a delayed retry that comes to wait is no news, and a look that shows nothing new neither', async () => {
  const error = { name: 'Error', message: 'busy' }
  expect(
    await eventsOf(
      { status: 'active', attemptsMade: 1 },
      { status: 'active', attemptsMade: 1 },
      { status: 'delayed', attemptsMade: 1, error },
      { status: 'waiting', attemptsMade: 1, error },
      { status: 'discarded', attemptsMade: 2, error },
    ),
  ).toEqual(['active 1', `retrying ${JSON.stringify(error)} 1`, 'discarded "busy"'])
})
