import { parsePathPattern } from '../../dashboard/path-pattern.ts'
import { badConfigValue, unknownConfigKey, type Diagnostic } from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import type { Location } from '../model.ts'
import { isRecord } from '../parse-json.ts'

export interface DashboardConfig {
  /** Properties that it does not show, as paths. */
  redact: string[]
}

const settings = ['redact']

/** The settings of `pikku dashboard`. */
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
  if (isPathList(redact)) return { redact }
  const expected = 'a list of paths of properties, such as "user.email" or "*.token"'
  diagnostics.push(badConfigValue('"dashboard.redact"', expected, locate('redact')))
  return { redact: [] }
}

const isPathList = (value: unknown): value is string[] =>
  Array.isArray(value) &&
  value.every((path) => typeof path === 'string' && parsePathPattern(path) !== null)
