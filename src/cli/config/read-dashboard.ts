import { parsePathPattern, type PathPattern } from '../../dashboard/path-pattern.ts'
import { badConfigValue, unknownConfigKey, type Diagnostic } from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import type { Location } from '../model.ts'
import { isRecord } from '../parse-json.ts'

export interface DashboardConfig {
  /** Properties that are not shown. */
  redact: PathPattern[]
}

const settings = ['redact']

/** The settings of `pikku dashboard`; `pikku queues show` hides the same. */
export function readDashboard(
  given: unknown,
  locate: (key: string) => Location,
  diagnostics: Diagnostic[],
): DashboardConfig {
  if (given === undefined) return { redact: [] }
  if (!isRecord(given)) {
    diagnostics.push(badConfigValue('"dashboard"', 'an object', locate('dashboard')))
    return { redact: [] }
  }
  for (const key of Object.keys(given)) {
    if (settings.includes(key)) continue
    const guess = nearest(key, settings)
    diagnostics.push(unknownConfigKey(`dashboard.${key}`, guess, settings, locate(key)))
  }
  const { redact = [] } = given
  const patterns = Array.isArray(redact) ? redact.map(toPattern) : [null]
  if (patterns.every((it) => it !== null)) return { redact: patterns }
  const expected = 'a list of paths of properties, such as "user.email" or "*.token"'
  diagnostics.push(badConfigValue('"dashboard.redact"', expected, locate('redact')))
  return { redact: [] }
}

const toPattern = (path: unknown) => (typeof path === 'string' ? parsePathPattern(path) : null)
