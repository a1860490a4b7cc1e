import { isProviderName, providerNames } from '../../runtime/capabilities.ts'
import { settingsOf, type SettingsByProvider } from '../../runtime/connection-settings.ts'
import {
  badConfigValue,
  unknownConfigKey,
  unknownProvider,
  type Diagnostic,
} from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import type { Location } from '../model.ts'
import { isRecord } from '../parse-json.ts'

const kinds = { string: 'a text that is not empty', boolean: 'true or false' } as const

/** How each provider is reached, as far as a file that is committed may say it. */
export function readConnection(
  given: unknown,
  locate: (key: string) => Location,
  diagnostics: Diagnostic[],
): SettingsByProvider {
  const read: SettingsByProvider = {}
  if (given === undefined) return read
  if (!isRecord(given)) {
    diagnostics.push(badConfigValue('"connection"', 'an object', locate('connection')))
    return read
  }
  for (const [name, settings] of Object.entries(given)) {
    if (!isProviderName(name)) {
      const guess = nearest(name, providerNames)
      diagnostics.push(unknownProvider(name, guess, providerNames, locate(name)))
    } else if (!isRecord(settings)) {
      diagnostics.push(badConfigValue(`"connection.${name}"`, 'an object', locate(name)))
    } else {
      const known: Record<string, keyof typeof kinds> = settingsOf[name]
      diagnostics.push(...problemsOf(name, settings, known, locate))
      read[name] = settings
    }
  }
  return read
}

function problemsOf(
  provider: string,
  settings: Record<string, unknown>,
  known: Record<string, keyof typeof kinds>,
  locate: (key: string) => Location,
): Diagnostic[] {
  return Object.entries(settings).flatMap(([key, value]) => {
    const kind = Object.hasOwn(known, key) ? known[key] : undefined
    const name = `connection.${provider}.${key}`
    if (kind === undefined) {
      const names = Object.keys(known)
      return [unknownConfigKey(name, nearest(key, names), names, locate(key))]
    }
    const isFit = typeof value === kind && value !== ''
    return isFit ? [] : [badConfigValue(`"${name}"`, kinds[kind], locate(key))]
  })
}
