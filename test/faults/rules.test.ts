import { describe, expect, it } from 'vitest'
import type { Evidence, Fate, Fault, Letter, Run } from './evidence.ts'
import { claimMs, settleMs } from './in-flight.ts'
import { judge } from './rules.ts'

const worker = 10
const other = 20

function run(over: Partial<Run> = {}): Run {
  return {
    ...{ id: '10-1', job: 1, attempt: 1, pid: worker, startedAt: 1_000, finishedAt: 1_100 },
    died: false,
    ...over,
  }
}

const ids = (jobs: number[]) => new Map(jobs.map((job) => [job, `job-${job}`]))
const completed = (result: string): Fate => ({ status: 'completed', result, reason: null })
const failed: Fate = { status: 'failed', result: null, reason: 'it crashed' }
const counts = { waiting: 0, delayed: 0, active: 0, completed: 1, failed: 0, discarded: 0 }
const origin = { queueName: 'jobs', jobId: 'job-1', attemptsMade: 1 }
const letter = (over: Partial<Letter> = {}): Letter => ({
  ...{ job: 1, origin: { ...origin, error: { name: 'Error', message: 'it crashed' } } },
  ...over,
})
const kill: Fault = { what: 'kill', from: 1_050, to: 1_050, pids: [worker] }

/** A trial of one job, which went well. */
function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    queue: 'jobs',
    acknowledged: ids([1]),
    adds: undefined,
    runs: [run()],
    faults: [],
    fates: new Map([[1, completed('10-1')]]),
    letters: [],
    counts,
    mostInFlight: 2,
    ...over,
  }
}

/** Of a job that ran twice: the first run may have been cut short by a fault. */
function ranTwice(first: Partial<Run>, faults: Fault[], over: Partial<Evidence> = {}): Evidence {
  return evidence({
    runs: [
      run(first),
      run({ id: '20-1', attempt: 2, pid: other, startedAt: 3_000, finishedAt: 3_100 }),
    ],
    fates: new Map([[1, completed('20-1')]]),
    faults,
    ...over,
  })
}

describe('nothing is held against', () => {
  it.each<[string, Evidence]>([
    ['a job that finished', evidence()],
    ['one on a backend that cannot say', evidence({ fates: undefined, counts: { waiting: 0 } })],
    [
      'one whose add was not answered',
      evidence({ acknowledged: new Map(), runs: [], fates: new Map() }),
    ],
    [
      'one that died with a reason',
      evidence({
        ...{ fates: new Map([[1, failed]]), runs: [run({ finishedAt: undefined })] },
        letters: [letter()],
      }),
    ],
    [
      'one that died before it could run',
      evidence({ fates: new Map([[1, failed]]), runs: [], letters: [letter()] }),
    ],
    ['one that was cut short by a kill', ranTwice({ finishedAt: undefined }, [kill])],
    ['one that finished, but was not settled at the kill', ranTwice({ finishedAt: 1_049 }, [kill])],
    [
      'one that may have been stored twice, as a fault met its add',
      ranTwice({ startedAt: 2_900, finishedAt: 2_950 }, [kill], {
        adds: new Map([[1, { from: 1_040, to: 1_060 }]]),
      }),
    ],
    ['one that ended after it had been taken over', ranTwice({ finishedAt: 9_000 }, [kill])],
    ['one that had been claimed at the fault', ranTwice({ startedAt: 1_051 }, [kill])],
    [
      'one that was given back and has the same attempt again',
      evidence({
        runs: [
          run({ finishedAt: undefined }),
          run({ id: '20-1', pid: other, startedAt: 3_000, finishedAt: 3_100 }),
        ],
        fates: new Map([[1, completed('20-1')]]),
        faults: [kill],
      }),
    ],
  ])('%s', (_, given) => {
    expect(judge(given)).toEqual([])
  })
})

describe('a job is lost', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['that never ran', { runs: [], fates: undefined }, 'it never finished'],
    [
      'that began and never finished',
      { runs: [run({ finishedAt: undefined })], fates: undefined },
      'it never finished',
    ],
    [
      'that is recorded as completed and was not',
      { runs: [run({ finishedAt: undefined })] },
      'it is recorded as completed and never finished',
    ],
    [
      'that the backend does not know',
      { fates: new Map([[1, null]]) },
      'the backend does not know it',
    ],
    ['that was not even asked about', { fates: new Map() }, 'the backend does not know it'],
  ])('%s', (_, over, why) => {
    expect(judge(evidence(over))).toEqual([`job 1 is lost: ${why}`])
  })
})

describe('a success', () => {
  it.each(['failed', 'discarded'] as const)('may not be recorded as %s', (status) => {
    const fates = new Map([[1, { ...failed, status }]])
    expect(judge(evidence({ fates }))).toEqual([
      `job 1 is ${status}, though run 10-1 of it succeeded`,
    ])
  })

  it('is that of the last attempt: an earlier one may not settle the job', () => {
    const fates = new Map([[1, completed('10-1')]])
    expect(judge(ranTwice({ finishedAt: 9_000 }, [kill], { fates }))).toEqual([
      'job 1 has the result of run 10-1, but run 20-1 was its last',
    ])
  })

  it('may not be recorded without what was returned', () => {
    const fates = new Map([[1, { ...completed(''), result: null }]])
    expect(judge(evidence({ fates }))).toEqual([
      'job 1 has the result of run null, but run 10-1 was its last',
    ])
  })
})

it('a dead job has a reason', () => {
  const runs = [run({ finishedAt: undefined })]
  const fates = new Map([[1, { ...failed, reason: null }]])
  expect(judge(evidence({ runs, fates, letters: [letter()] }))).toEqual([
    'job 1 is failed without a reason',
  ])
})

describe('a job that runs again', () => {
  const complaint = ['job 1 ran again (20-1), though no fault met its run 10-1']

  it.each<[string, Partial<Run>, Fault[]]>([
    ['without any fault', {}, []],
    ['after a fault of another process', {}, [{ ...kill, pids: [other] }]],
    [
      'that had been settled before the fault',
      { finishedAt: 1_049 - settleMs, startedAt: 10 },
      [kill],
    ],
    ['that was claimed after the fault', { startedAt: 1_051 + claimMs, finishedAt: 2_500 }, [kill]],
    ['that did not finish, without a fault', { finishedAt: undefined }, []],
  ])('%s', (_, first, faults) => {
    expect(judge(ranTwice(first, faults))).toEqual(complaint)
  })

  it('is one of no more than were in flight', () => {
    const again = (job: number) => [
      run({ job, id: `10-${job}` }),
      run({ job, id: `20-${job}`, attempt: 2, pid: other, startedAt: 3_000, finishedAt: 3_100 }),
    ]
    const given = (jobs: number[]) =>
      evidence({
        acknowledged: ids(jobs),
        runs: jobs.flatMap(again),
        fates: new Map(jobs.map((job) => [job, completed(`20-${job}`)])),
        faults: [kill],
      })
    expect(judge(given([1, 2]))).toEqual([])
    expect(judge(given([1, 2, 3]))).toEqual(['"kill" cost process 10 3 finished runs, more than 2'])
  })
})

describe('a job is stuck', () => {
  it.each(['waiting', 'active', 'delayed'] as const)('that is still %s', (status) => {
    const fates = new Map([[1, { ...failed, status }]])
    expect(judge(evidence({ fates }))).toEqual([`job 1 is stuck: it is still ${status}`])
    expect(judge(evidence({ counts: { ...counts, [status]: 4 } }))).toEqual([
      `4 jobs are stuck: still ${status}`,
    ])
  })
})

describe('a job that failed for good', () => {
  const died = run({ died: true })
  const dead = (over: Partial<Evidence> = {}) =>
    evidence({ runs: [died], fates: new Map([[1, failed]]), letters: [letter()], ...over })
  const onlyLetters = { fates: undefined, counts: {} }

  it('may not be recorded as completed', () => {
    const fates = new Map([[1, completed('10-1')]])
    expect(judge(dead({ fates }))).toEqual([
      'job 1 is lost: it is recorded as completed and never finished',
    ])
  })

  it('has a letter', () => {
    expect(judge(dead())).toEqual([])
    expect(judge(dead(onlyLetters))).toEqual([])
    expect(judge(dead({ letters: [] }))).toEqual(['job 1 is dead and has no letter'])
    expect(judge(dead({ ...onlyLetters, letters: [] }))).toEqual([
      'job 1 is dead and has no letter',
    ])
  })

  it('has only one, unless nothing else is known of a job that was in flight at a fault', () => {
    const letters = [letter(), letter()]
    const complaint = ['job 1 has 2 dead letters']
    expect(judge(dead({ letters, faults: [kill] }))).toEqual(complaint)
    expect(judge(dead({ ...onlyLetters, letters }))).toEqual(complaint)
    expect(judge(dead({ ...onlyLetters, letters, faults: [kill] }))).toEqual([])
  })

  it.each<[string, Letter['origin'], string]>([
    ['where it came from', null, 'that does not say where it came from'],
    [
      'the right queue',
      { ...origin, queueName: 'other', error: { name: 'Error', message: 'no' } },
      'of job job-1 of queue other',
    ],
    [
      'the right job',
      { ...origin, jobId: 'job-2', error: { name: 'Error', message: 'no' } },
      'of job job-2 of queue jobs',
    ],
    ['why', { ...origin, error: null }, 'without a reason'],
  ])('has a letter that says %s', (_, wrong, complaint) => {
    expect(judge(dead({ letters: [letter({ origin: wrong })] }))).toEqual([
      `job 1 has a dead letter ${complaint}`,
    ])
  })

  it('is the only one that has a letter', () => {
    expect(judge(evidence({ letters: [letter()] }))).toEqual([
      'job 1 has a dead letter, though run 10-1 of it succeeded',
    ])
    const runs = [run({ finishedAt: undefined })]
    const { fates } = onlyLetters
    const never = 'has a dead letter, and never failed for good'
    expect(judge(evidence({ runs, fates, letters: [letter()] }))).toContain(`job 1 ${never}`)
    expect(judge(evidence({ letters: [letter({ job: NaN })] }))).toEqual([`job NaN ${never}`])
  })
})
