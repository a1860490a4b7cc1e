import { describe, expect, it } from 'vitest'
import { prefixedOutput } from '../../../src/cli/dev/prefixed-output.ts'

function printed(texts: readonly string[], isTTY = false): string {
  let printed = ''
  const target = { isTTY, write: (text: string) => (printed += text) }
  const output = prefixedOutput('worker', target)
  for (const text of texts) output.write(text)
  return printed
}

describe('each line says whose it is', () => {
  it('of many at once, and of those that are empty, without blanks at their end', () => {
    expect(printed(['one\n', 'two\n\n  three\n', '\n', 'four'])).toBe(
      [
        'worker    | one',
        'worker    | two',
        'worker    |',
        'worker    |   three',
        'worker    |',
        'worker    | four',
        '',
      ].join('\n'),
    )
  })

  it('faintly on a terminal, and on none in colour', () => {
    expect(printed(['one\n'])).not.toContain('\u001B')
    const former = process.env.NO_COLOR
    delete process.env.NO_COLOR
    const text = printed(['one\n'], true)
    if (former !== undefined) process.env.NO_COLOR = former
    expect(text).toBe('\u001B[2mworker    |\u001B[22m one\n')
  })
})
