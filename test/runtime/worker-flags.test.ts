import { describe, expect, it } from 'vitest'
import { parseWorkerFlags } from '../../src/runtime/worker-flags.ts'

describe('the flags of a worker', () => {
  it('are what was given, and else the defaults', () => {
    expect(parseWorkerFlags(['worker'])).toEqual({
      queues: undefined,
      tags: undefined,
      shutdownTimeoutMs: 30_000,
      createQueues: false,
    })
    const all = ['--queues', 'a,b', '-t', 'x', '--shutdown-timeout=1.5', '--create-queues']
    expect(parseWorkerFlags(all)).toEqual({
      queues: ['a', 'b'],
      tags: ['x'],
      shutdownTimeoutMs: 1_500,
      createQueues: true,
    })
  })

  it.each([[['--create-queue']], [['--create-queues=yes']], [['--queues', ',']]])(
    'are refused when they cannot be: %j',
    (args) => {
      expect(() => parseWorkerFlags(args)).toThrow(expect.objectContaining({ code: 'PKQ406' }))
    },
  )
})
