import { describe, expect, it } from 'vitest'
import { parseWorkerFlags } from '../../src/runtime/worker-flags.ts'

describe('the flags of a worker', () => {
  it('are what was given, and else the defaults', () => {
    expect(parseWorkerFlags([])).toEqual({
      queues: undefined,
      tags: undefined,
      shutdownTimeoutMs: 30_000,
      createQueues: false,
      help: false,
      health: undefined,
    })
    const all = ['--queues', 'a,b', '-t', 'x', '--shutdown-timeout=1.5', '--create-queues']
    const health = ['--health-port', '9464', '--health-host', '::1']
    expect(parseWorkerFlags([...all, ...health])).toEqual({
      queues: ['a', 'b'],
      tags: ['x'],
      shutdownTimeoutMs: 1_500,
      createQueues: true,
      help: false,
      health: { port: 9464, host: '::1' },
    })
  })

  it('pass over the command and its provider', () => {
    expect(parseWorkerFlags(['worker', '-p', 'x', '-q', 'a', '-t', 'b,c'])).toMatchObject({
      queues: ['a'],
      tags: ['b', 'c'],
    })
    expect(parseWorkerFlags(['worker', '--provider', 'x', '--queues', 'a'])).toMatchObject({
      queues: ['a'],
    })
  })

  it.each([
    [['--shutdown-timeout', 'soon'], '--shutdown-timeout takes seconds, from 0 to 86400'],
    [['--shutdown-timeout='], '--shutdown-timeout takes seconds, from 0 to 86400'],
    [['--health-port', '65536'], '--health-port takes a port, from 0 (a free one) to 65535'],
    [['--health-port', '0x50'], '--health-port takes a port, from 0 (a free one) to 65535'],
    [['--health-host', '::1'], '--health-host needs a --health-port'],
    [['--queues', ','], '--queues takes names, separated by commas'],
    [['--tags'], "Option '-t, --tags <value>' argument missing"],
    [['--queue', 'a'], "Unknown option '--queue'"],
    [['--create-queue'], "Unknown option '--create-queue'"],
    [['--create-queues=yes'], "Option '--create-queues' does not take an argument"],
  ])('are refused: %j', (args, message) => {
    expect(() => parseWorkerFlags(args)).toThrow(message)
    expect(() => parseWorkerFlags(args)).toThrow(expect.objectContaining({ code: 'PKQ406' }))
  })
})
