import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PikkuQueueError } from '../runtime/errors.ts'
import { inOrder, isError, placeOf, type Diagnostic } from './diagnostics.ts'
import type { QueueSummary } from './cache/stamp.ts'
import type { Location } from './model.ts'

/** Where a report goes; a terminal gets colour. `process.stdout` is one. */
export interface Output {
  write(text: string): unknown
  isTTY?: boolean
}

/**
 * Prints the diagnostics for people, each with its place, a code frame and what to do.
 * @returns the exit code they call for: 1 when there is an error among them.
 */
export function reportDiagnostics(
  diagnostics: readonly Diagnostic[],
  { root, output = process.stderr }: { root: string; output?: Output },
): 0 | 1 {
  const paint = palette(output)
  for (const diagnostic of inOrder(diagnostics))
    output.write(`${format(root, diagnostic, paint)}\n`)
  return diagnostics.some(isError) ? 1 : 0
}

/** Prints one line for people. */
export function reportLine(line: string, output: Output = process.stdout): void {
  output.write(`${line}\n`)
}

/** Prints what was found and what is wrong as one JSON document, for programs. */
export function reportJson(
  queues: readonly QueueSummary[],
  diagnostics: readonly Diagnostic[],
  output: Output = process.stdout,
): void {
  const report = {
    queues: queues.map(({ name, functionName, location }) => ({
      queue: name,
      function: functionName,
      file: location.file,
      line: location.line,
    })),
    diagnostics: inOrder(diagnostics).map(({ code, severity, message, hint, location }) => ({
      code,
      severity,
      message,
      hint,
      file: location?.file ?? null,
      line: location?.line ?? null,
      column: location?.column ?? null,
    })),
  }
  output.write(`${JSON.stringify(report, null, 2)}\n`)
}

/** "1 error", "2 errors" */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`
}

export type Style = keyof typeof styles
export type Paint = (style: Style, text: string) => string

const styles = {
  error: [31, 39],
  warning: [33, 39],
  fine: [32, 39],
  strong: [1, 22],
  faint: [2, 22],
} as const

/** Colours text where the output is a terminal. */
export function palette(output: Output): Paint {
  // https://no-color.org: set, and not empty, means no colour.
  if (!output.isTTY || process.env.NO_COLOR) return (_style, text) => text
  return (style, text) => `\u001B[${styles[style][0]}m${text}\u001B[${styles[style][1]}m`
}

function format(root: string, diagnostic: Diagnostic, paint: Paint): string {
  const { code, severity, location } = diagnostic
  const [message, hint] = [harmless(diagnostic.message), harmless(diagnostic.hint)]
  const place = location ? `${placeOf(location)} - ` : ''
  const head = `${place}${paint(severity, severity)} ${paint('faint', code)}: ${paint('strong', message)}`
  const frame = location ? codeFrame(root, location, severity, paint) : null
  return [head, ...(frame ? ['', frame, ''] : []), `  ${hint}`, ''].join('\n')
}

const widest = 160

/** The line itself and the one before it, with a caret under the column. */
function codeFrame(
  root: string,
  { file, line, column }: Location,
  severity: Diagnostic['severity'],
  paint: Paint,
): string | null {
  let text: string
  try {
    text = readFileSync(join(root, file), 'utf8')
  } catch {
    return null
  }
  const lines = text.split(/\r\n|\n|\r/)
  const source = lines[line - 1]
  if (source === undefined) return null
  const width = String(line).length
  const row = (number: number, content: string) =>
    `${paint('faint', `${String(number).padStart(width + 2)} |`)} ${printable(content)}`.trimEnd()
  const before = lines[line - 2]
  const indent = printable(source.slice(0, column - 1)).replace(/\S/g, ' ')
  return [
    ...(before === undefined ? [] : [row(line - 1, before)]),
    row(line, source),
    `${paint('faint', `${' '.repeat(width + 2)} |`)} ${column <= widest ? indent + paint(severity, '^') : ''}`,
  ].join('\n')
}

/** One column a character, and no endless lines. */
function printable(content: string): string {
  const plain = harmless(content.replaceAll('\t', ' '))
  return plain.length > widest ? `${plain.slice(0, widest)}…` : plain
}

/** Without anything that a terminal would obey. */
export function harmless(text: string): string {
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, '·')
}

/**
 * Prints what ended a command: a known error for people, anything else as the bug that it is.
 * @returns the exit code: 1 for what the user can mend, 2 for a bug.
 */
export function reportFailure(error: unknown, output: Output = process.stderr): 1 | 2 {
  if (error instanceof PikkuQueueError) {
    const hint = error.hint === undefined ? '' : `\n  ${error.hint}`
    output.write(`error ${error.code}: ${error.message}${hint}\n`)
    return 1
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  output.write(`This is a bug in pikku-queue; please report it with what you ran.\n${stack}\n`)
  return 2
}
