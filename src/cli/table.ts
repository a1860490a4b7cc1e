import { type Output, palette, type Style } from './report.ts'

/** What stands in a table; with a style, if it should be seen. */
export type Cell = string | { text: string; style: Style | undefined }

/**
 * Rows of text under their heads, each column as wide as it has to be; numbers to the right.
 * @param output coloured when it is a terminal
 */
export function toTable(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  output: Output,
): string[] {
  const paint = palette(output)
  const columns = heads.map((head, index) => {
    const texts = rows.map((row) => textOf(row[index]))
    return {
      width: Math.max(head.length, ...texts.map(({ length }) => length)),
      isNumber: texts.every((text) => /^[\d—]*$/.test(text)),
    }
  })
  const line = (cells: readonly Cell[]) =>
    columns
      .map(({ width, isNumber }, index) => {
        const cell = cells[index] ?? ''
        const text = textOf(cell)
        const style = typeof cell === 'string' ? undefined : cell.style
        const painted = style && text ? paint(style, text) : text
        const padding = ' '.repeat(width - text.length)
        return isNumber ? padding + painted : painted + padding
      })
      .join('  ')
      .trimEnd()
  return [line(heads.map((text) => ({ text, style: 'faint' }))), ...rows.map(line)]
}

const textOf = (cell: Cell = '') => (typeof cell === 'string' ? cell : cell.text)

/** How long ago: "5 s", "3 min", "2 h", "4 d". */
export function ageOf(since: Date, now = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - since.getTime()) / 1000))
  if (seconds < 120) return `${seconds} s`
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`
  return `${Math.round(seconds / 86_400)} d`
}

/** Without anything that a terminal would obey: jobs hold what others have written. */
export function harmless(text: string): string {
  return text.replace(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028\u2029]/g, '·')
}
