import { type Output, palette } from '../report.ts'

const width = 'dashboard'.length

/**
 * An output for one of several sources that share another: each of its lines says whose it is. What is
 * written to it ends with its line.
 */
export function prefixedOutput(source: string, target: Output): Output {
  const prefix = palette(target)('faint', `${source.padEnd(width)} |`)
  return {
    ...(target.isTTY !== undefined && { isTTY: target.isTTY }),
    write(text) {
      const lines = text.replace(/\n$/, '').split('\n')
      for (const line of lines) target.write(`${`${prefix} ${line}`.trimEnd()}\n`)
    },
  }
}
