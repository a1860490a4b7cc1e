import type { ProviderName } from '../../runtime/capabilities.ts'
import { checks } from '../doctor/checks.ts'
import { gatherFacts } from '../doctor/facts.ts'
import {
  countProblems,
  type NamedFinding,
  printFinding,
  printJson,
  printSummary,
} from '../doctor/print-findings.ts'
import { type Output, reportLine } from '../report.ts'

export interface DoctorOptions {
  cwd: string
  /** Default: the one that a worker would choose. */
  provider: ProviderName | undefined
  json: boolean
  /** Warnings count as errors. */
  strict: boolean
  /** Default: this process's own. */
  env?: NodeJS.ProcessEnv
  stdout?: Output
}

/**
 * `pikku doctor`: looks whether the project would run on the provider, and says of each thing that it
 * looked at how it is and what to do. It changes nothing.
 * @returns the exit code: 0 when all is well, 1 when something is not.
 */
export async function doctor(options: DoctorOptions): Promise<0 | 1> {
  const { cwd, provider, json, strict, env = process.env, stdout = process.stdout } = options
  const facts = gatherFacts(cwd, provider, env)
  if (!json) {
    const { name, because } = facts.provider
    reportLine(`Looking whether this project would run on ${name} (${because}).\n`, stdout)
  }
  const findings: NamedFinding[] = []
  for (const { name, run } of checks) {
    for (const finding of await run(facts)) {
      findings.push({ ...finding, check: name })
      if (!json) printFinding(finding, stdout)
    }
  }
  if (json) printJson(findings, facts, stdout)
  else printSummary(findings, stdout)
  const { errors, warnings } = countProblems(findings)
  return errors > 0 || (strict && warnings > 0) ? 1 : 0
}
