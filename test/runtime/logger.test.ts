import { expect, it } from 'vitest'
import { createLogger } from '../../src/runtime/logger.ts'

function logged(details: Record<string, unknown>): string {
  const lines: string[] = []
  const logger = createLogger({ level: 'debug', colour: false, write: (line) => lines.push(line) })
  logger.error('it failed', details)
  expect(lines).toHaveLength(1)
  return lines[0]?.replace(/^[\d:.]+ /, '') ?? ''
}

it('prints a line, its details quoted where they need it, and leaves out what is undefined', () => {
  expect(logged({ queue: 'email', error: 'no such host', more: undefined })).toBe(
    'error it failed queue=email error="no such host"',
  )
})

it('prints the frames of a stack below, and nothing else of it', () => {
  const stack =
    'Error: first\n\u001b[31msecond\n    at send (/app/email.js:3:5)\n    at \u001b[2Jrun (/app/a.js:1:1)'
  expect(logged({ queue: 'email', stack, jobId: '1' })).toBe(
    'error it failed queue=email jobId=1\n    at send (/app/email.js:3:5)\n    at [2Jrun (/app/a.js:1:1)',
  )
})
