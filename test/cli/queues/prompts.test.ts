import { describe, expect, it } from 'vitest'
import {
  drain,
  redriveLetters,
  removeJob,
  retryAll,
} from '../../../src/cli/commands/queues/change.ts'
import type { QueuesFlags } from '../../../src/cli/commands/queues/open.ts'
import { runQueues as run, seatAt } from '../../support/seat.ts'
import { setStage } from './stage.ts'

type Stage = Awaited<ReturnType<typeof setStage>>

interface Case {
  command: string
  start: (stage: Stage) => (flags: QueuesFlags) => Promise<number>
  question: (stage: Stage) => string
  done: string
}

const cases: Case[] = [
  {
    command: 'retry --all',
    start:
      ({ queue }) =>
      (flags) =>
        retryAll(queue, flags),
    question: ({ queue }) => `Retry all failed jobs of ${queue} (3)? (y/N)`,
    done: '3 jobs of',
  },
  {
    command: 'remove',
    start:
      ({ queue, failed }) =>
      (flags) =>
        removeJob(queue, failed, flags),
    question: ({ queue, failed }) => `Remove job ${failed} of ${queue}? (y/N)`,
    done: 'is removed',
  },
  {
    command: 'redrive',
    start:
      ({ letters }) =>
      (flags) =>
        redriveLetters(letters, flags),
    question: ({ letters }) => `Redrive 3 dead letters of ${letters}? (y/N)`,
    done: '3 jobs redriven',
  },
  {
    command: 'drain',
    start:
      ({ queue }) =>
      (flags) =>
        drain(queue, flags),
    question: ({ queue }) => `Remove what waits in ${queue} (0) and what is delayed (1)? (y/N)`,
    done: '1 job removed',
  },
]

const refusals: [string, string | null][] = [
  ['no', 'n\r'],
  ['Enter alone', '\r'],
  ['something else', 'yesterday\r'],
  ['the end of the input', null],
  ['Ctrl+C', '\u0003'],
  ['Ctrl+D', '\u0004'],
]

describe.each(cases)('pikku queues $command', ({ start, question, done }) => {
  it.each(refusals)('changes nothing at %s', async (_answer, typed) => {
    const stage = await setStage()
    const before = await stage.counts()
    const { exitCode, stdout, stderr } = await run(start(stage), seatAt(stage.root, typed))
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' })
    expect(stdout).toContain(question(stage))
    expect(stdout).toMatch(/nothing was changed\n$/)
    expect(await stage.counts()).toEqual(before)
  })

  it.each(['y\r', 'YES\r', ' yes \r'])('goes ahead at %j', async (typed) => {
    const stage = await setStage()
    const before = await stage.counts()
    const { exitCode, stdout, stderr } = await run(start(stage), seatAt(stage.root, typed))
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(question(stage))
    expect(stdout).toContain(done)
    expect(await stage.counts()).not.toEqual(before)
  })

  it('where nobody can be asked, needs --yes', async () => {
    const stage = await setStage()
    const before = await stage.counts()
    const refused = await run(start(stage), seatAt(stage.root, 'y\r', false))
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain(question(stage).replace(' (y/N)', ''))
    expect(refused.stderr).toContain('say --yes')
    expect(await stage.counts()).toEqual(before)

    const done = await run(start(stage), seatAt(stage.root, null, false), { yes: true })
    expect(done).toMatchObject({ exitCode: 0, stderr: '' })
    expect(done.stdout).not.toContain('(y/N)')
    expect(await stage.counts()).not.toEqual(before)
  })
})

it('pikku queues redrive asks nothing for one letter alone', async () => {
  const { root, letters, queue, counts } = await setStage()
  const one = { limit: 1, to: queue }
  const { exitCode, stdout } = await run(
    (flags) => redriveLetters(letters, { ...flags, ...one }),
    seatAt(root, null, false),
  )
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1 job redriven\n' })
  expect((await counts()).letters.waiting).toBe(2)
})

it('pikku queues redrive says which letters stay, and why', async () => {
  const input = { type: 'object', required: ['n', 'to'] }
  const { root, queue, letters, counts } = await setStage({ input })
  const redrive = (flags: object) =>
    run((it) => redriveLetters(letters, { ...it, ...flags }), seatAt(root, null, false))
  const reason = `the payload of queue "${queue}" does not fit its type: to is required`
  expect(await redrive({ dryRun: true })).toMatchObject({
    exitCode: 0,
    stdout: `nothing would be redriven\n  3 would stay: ${reason}\n`,
  })
  // There is nothing to ask about.
  expect(await redrive({})).toMatchObject({
    exitCode: 0,
    stdout: `0 jobs redriven, 3 left\n  3 left: ${reason}\n`,
  })
  expect((await counts()).letters.waiting).toBe(3)
})

it('pikku queues redrive says of an empty queue that it is no dead letter queue', async () => {
  const { root, queue, letters } = await setStage()
  const redrive = (from: string, flags: object) =>
    run((it) => redriveLetters(from, { ...it, ...flags }), seatAt(root, null, true))
  const aside = `  ${queue} is the deadLetterQueue of no queue of the project: that is ${letters}\n`
  await run((flags) => drain(queue, { ...flags, yes: true }), seatAt(root, null, true))
  expect((await redrive(queue, { dryRun: true })).stdout).toBe(
    `nothing would be redriven\n${aside}`,
  )
  expect((await redrive(queue, { yes: true })).stdout).toBe(`0 jobs redriven\n${aside}`)
  await redrive(letters, { to: queue, yes: true })
  expect((await redrive(letters, { yes: true })).stdout).toBe('0 jobs redriven\n')
})
