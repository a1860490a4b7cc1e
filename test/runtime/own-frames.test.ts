import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { toJobError } from '../../src/runtime/errors.ts'
import { withoutOwnFrames } from '../../src/runtime/own-frames.ts'

const runtime = fileURLToPath(new URL('../../src/runtime/', import.meta.url))
const ours = (name: string) => `    at async ${name} (${runtime}run-job.ts:1:2)`
const node = '    at process.processTimers (node:internal/timers:618:7)'
const users = '    at async send (/app/src/email.ts:3:5)'
const lines = (...of: string[]) => of.join('\n')

describe('our own frames and those of Node', () => {
  it('are taken off the end of a stack', () => {
    const stack = lines('Error: no such host', users, ours('dispatch'), node, ours('execute'))
    expect(withoutOwnFrames(stack)).toBe(lines('Error: no such host', users))
    const engine = '    at new Promise (<anonymous>)'
    expect(withoutOwnFrames(lines('Error', users, ours('execute'), engine))).toBe(
      lines('Error', users),
    )
    const unnamed = `    at ${runtime}run-job.ts:1:2`
    expect(withoutOwnFrames(lines('Error', users, unnamed))).toBe(lines('Error', users))
  })

  it('stay between those of the user, and above them', () => {
    const kept = lines('Error', ours('fail'), users, node, ours('dispatch'), users)
    expect(withoutOwnFrames(lines(kept, ours('execute')))).toBe(kept)
  })

  it('stay where there are no others', () => {
    const stack = lines('TimeoutError: took', 'too long', ours('interrupt'), node)
    expect(withoutOwnFrames(stack)).toBe(stack)
    expect(withoutOwnFrames('TypeError: fetch failed')).toBe('TypeError: fetch failed')
    expect(withoutOwnFrames('')).toBe('')
  })

  it('are not taken from what is no frame', () => {
    const stack = lines(`Error: it is said ${runtime} is missing`, users, ours('run'), 'and more')
    expect(withoutOwnFrames(stack)).toBe(stack)
  })

  it('are taken from what is stored, and not from the error of the user', () => {
    const thrown = new Error('no such host', { cause: new Error('inner') })
    const stack = lines('Error: no such host', users, ours('execute'))
    thrown.stack = stack
    expect(toJobError(thrown).stack).toBe(lines('Error: no such host', users))
    expect(thrown.stack).toBe(stack)
  })
})
