import { describe, expect, it } from 'vitest'
import type { Evidence, Fate, Fault, Run } from './evidence.ts'
import { claimMs, judge, settleMs } from './rules.ts'

const worker = 10
const other = 20

function run(over: Partial<Run> = {}): Run {
  return {
    ...{ id: '10-1', job: 1, attempt: 1, pid: worker, startedAt: 1_000, finishedAt: 1_100 },
    ...over,
  }
}

const completed = (result: string): Fate => ({ status: 'completed', result, reason: null })
const failed: Fate = { status: 'failed', result: null, reason: 'it crashed' }
const counts = { waiting: 0, delayed: 0, active: 0, completed: 1, failed: 0, discarded: 0 }
const kill: Fault = { what: 'kill', from: 1_050, to: 1_050, pids: [worker] }

/** A trial of one job, which went well. */
function evidence(over: Partial<Evidence> = {}): Evidence {
  return {
    acknowledged: new Set([1]),
    runs: [run()],
    faults: [],
    fates: new Map([[1, completed('10-1')]]),
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
    ['one on a backend that cannot say', evidence({ fates: undefined, counts: undefined })],
    [
      'one whose add was not answered',
      evidence({ acknowledged: new Set(), runs: [], fates: new Map() }),
    ],
    [
      'one that died with a reason',
      evidence({ fates: new Map([[1, failed]]), runs: [run({ finishedAt: undefined })] }),
    ],
    ['one that died before it could run', evidence({ fates: new Map([[1, failed]]), runs: [] })],
    ['one that was cut short by a kill', ranTwice({ finishedAt: undefined }, [kill])],
    ['one that finished, but was not settled at the kill', ranTwice({ finishedAt: 1_049 }, [kill])],
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
  expect(judge(evidence({ runs, fates }))).toEqual(['job 1 is failed without a reason'])
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
        acknowledged: new Set(jobs),
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
