import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Diagnostic } from '../../src/cli/diagnostics.ts'
import { reportDiagnostics } from '../../src/cli/report.ts'
import { projectOf } from '../support/project.ts'

const problem: Diagnostic = {
  code: 'PKQ999',
  severity: 'error',
  message: 'something is wrong',
  hint: 'Mend it.',
  location: { file: 'a.ts', line: 1, column: 7 },
}

async function printed(source: string, diagnostic: Diagnostic, isTTY = false): Promise<string> {
  const root = await projectOf({ 'a.ts': source })
  let text = ''
  const output = { isTTY, write: (part: string) => (text += part) }
  reportDiagnostics([diagnostic], { root, output })
  return text
}

afterEach(() => void vi.unstubAllEnvs())

describe('the report', () => {
  it('has colour on a terminal', async () => {
    vi.stubEnv('NO_COLOR', undefined)
    const text = await printed('const a = 1\n', problem, true)
    expect(text).toContain('\u001B[31merror\u001B[39m')
    expect(text).toContain('\u001B[31m^\u001B[39m')
  })

  it('has none elsewhere, or when NO_COLOR says so', async () => {
    vi.stubEnv('NO_COLOR', undefined)
    expect(await printed('const a = 1\n', problem)).not.toContain('\u001B')
    vi.stubEnv('NO_COLOR', '1')
    expect(await printed('const a = 1\n', problem, true)).not.toContain('\u001B')
  })

  it('lets nothing of the sources or names reach the terminal as a command', async () => {
    const text = await printed('const \u001B[2J = 1\n', {
      ...problem,
      message: 'queue "\u001B]0;x\u0007"',
    })
    expect(text).not.toContain('\u001B')
    expect(text).toContain('queue "·]0;x·"')
  })

  it('cuts lines that do not end', async () => {
    const text = await printed(`const ${'x'.repeat(100_000)}`, problem)
    expect(text.length).toBeLessThan(500)
  })

  it('says what it can of a file that is gone', async () => {
    const location = { file: 'gone.ts', line: 3, column: 1 }
    expect(await printed('', { ...problem, location })).toBe(
      'gone.ts:3:1 - error PKQ999: something is wrong\n  Mend it.\n\n',
    )
  })

  it('puts the caret under the column, also after tabs', async () => {
    expect(await printed('\t\tconst a = 1\n', problem)).toContain(
      '  1 |   const a = 1\n    |       ^\n',
    )
  })
})
