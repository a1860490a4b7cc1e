import { placeOf } from '../diagnostic.ts'
import { count, harmless, type Output, palette, reportLine } from '../report.ts'
import type { Facts } from './facts.ts'
import type { CheckFinding } from './finding.ts'

/** A finding with the check that made it. */
export type NamedFinding = CheckFinding & { check: string }

const styles = { ok: 'fine', warning: 'warning', error: 'error' } as const
const severityWidth = 'warning'.length
const indent = ' '.repeat(severityWidth + 2)

/** One line, and a second one with what to do. */
export function printFinding(finding: CheckFinding, output: Output): void {
  const { severity, message, hint, code, location } = finding
  const paint = palette(output)
  const about = [...(location ? [placeOf(location)] : []), ...(code === undefined ? [] : [code])]
  const place = about.length > 0 ? `${paint('faint', about.join(' '))}: ` : ''
  const word = paint(styles[severity], severity.padEnd(severityWidth))
  reportLine(`${word}  ${place}${harmless(message)}`, output)
  if (severity !== 'ok' && hint) reportLine(`${indent}${harmless(hint)}`, output)
}

export function printSummary(findings: readonly CheckFinding[], output: Output): void {
  const { errors, warnings } = countProblems(findings)
  const problems = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
  ]
  reportLine(`\n${problems.length > 0 ? problems.join(', ') : 'all is well'}`, output)
}

/** All of it as one JSON document, for programs. */
export function printJson(
  findings: readonly NamedFinding[],
  { provider }: Pick<Facts, 'provider'>,
  output: Output,
): void {
  const report = {
    provider: provider.name,
    ...countProblems(findings),
    findings: findings.map(({ check, severity, code, message, hint, location }) => ({
      check,
      severity,
      code: code ?? null,
      message,
      hint: hint ?? null,
      file: location?.file ?? null,
      line: location?.line ?? null,
      column: location?.column ?? null,
    })),
  }
  reportLine(JSON.stringify(report, null, 2), output)
}

export function countProblems(findings: readonly CheckFinding[]): {
  errors: number
  warnings: number
} {
  const ofSeverity = (wanted: string) =>
    findings.filter(({ severity }) => severity === wanted).length
  return { errors: ofSeverity('error'), warnings: ofSeverity('warning') }
}
