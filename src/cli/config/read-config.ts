import { existsSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { isProviderName, providerNames, type ProviderName } from '../../runtime/capabilities.ts'
import type { SettingsByProvider } from '../../runtime/connection-settings.ts'
import {
  badConfigValue,
  brokenConfig,
  noProject,
  unknownConfigKey,
  unknownProvider,
  type Diagnostic,
} from '../diagnostics.ts'
import { nearest } from '../did-you-mean.ts'
import { brokenPackageJson } from '../setup-diagnostics.ts'
import type { Location } from '../model.ts'
import { isRecord, locationIn, parseJson } from '../parse-json.ts'
import { configFile } from '../project-files.ts'
import { findRoot } from './find-root.ts'
import { readConnection } from './read-connection.ts'
import { readDashboard, type DashboardConfig } from './read-dashboard.ts'

/** What a run works with; every default is filled in. */
export interface ProjectConfig {
  /** Absolute. All other paths are relative to it and use forward slashes. */
  root: string
  tsconfig: string
  outDir: string
  /** The provider that pikku.config.json names, for clients and workers that are told of no other. */
  provider: ProviderName | undefined
  /** Providers to generate a worker for; sorted, at least one. */
  providers: ProviderName[]
  /** How each is reached, besides what the environment says. */
  connection: SettingsByProvider
  dashboard: DashboardConfig
}

const settings = ['tsconfig', 'outDir', 'provider', 'providers', 'connection', 'dashboard']
const embedded: ProviderName = 'embedded'

/** A project's configuration; null when there is something wrong with it. */
export interface ConfigReading {
  config: ProjectConfig | null
  root: string
  diagnostics: Diagnostic[]
}

/**
 * Finds the project that `cwd` is in and reads its configuration. The environment has no say: what is
 * generated depends on the sources alone.
 * @param asked providers asked for on the command line.
 */
export function readConfig(cwd: string, asked: readonly ProviderName[] = []): ConfigReading {
  const root = findRoot(cwd)
  if (root === null) return { config: null, root: cwd, diagnostics: [noProject(cwd)] }
  const reading = readConfigIn(root, asked)
  const broken = manifestProblem(root)
  if (!broken) return reading
  return { config: null, root, diagnostics: [broken, ...reading.diagnostics] }
}

/** As `readConfig`, of the project whose root is known; without a pikku.config.json, the defaults. */
export function readConfigIn(root: string, asked: readonly ProviderName[] = []): ConfigReading {
  const diagnostics: Diagnostic[] = []
  const file = readFile(root, diagnostics)
  const given = file.settings

  for (const key of Object.keys(given)) {
    if (key === '$schema' || settings.includes(key)) continue
    diagnostics.push(unknownConfigKey(key, nearest(key, settings), settings, file.locate(key)))
  }

  const path = (key: string, otherwise: string): string => {
    const value = given[key]
    if (value === undefined) return otherwise
    if (typeof value === 'string' && value !== '') return fromRoot(root, value)
    diagnostics.push(badConfigValue(`"${key}"`, 'a path relative to this file', file.locate(key)))
    return otherwise
  }
  const provider = (key: string, value: unknown): ProviderName[] => {
    if (typeof value !== 'string') {
      diagnostics.push(badConfigValue(`"${key}"`, 'the name of a provider', file.locate(key)))
    } else if (isProviderName(value)) {
      return [value]
    } else {
      const guess = nearest(value, providerNames)
      diagnostics.push(unknownProvider(value, guess, providerNames, file.locate(key)))
    }
    return []
  }
  const providerList = (): ProviderName[] => {
    const value = given.providers
    if (value === undefined) return []
    if (Array.isArray(value)) return value.flatMap((name) => provider('providers', name))
    diagnostics.push(badConfigValue('"providers"', 'a list of providers', file.locate('providers')))
    return []
  }

  const tsconfig = path('tsconfig', 'tsconfig.json')
  const outDir = path('outDir', '.pikku')
  const [configured] = given.provider === undefined ? [] : provider('provider', given.provider)
  const wanted = [...asked, ...providerList()]
  const connection = readConnection(given.connection, file.locate, diagnostics)
  const dashboard = readDashboard(given.dashboard, file.locate, diagnostics)

  if (diagnostics.length > 0) return { config: null, root, diagnostics }
  const providers = wanted.length > 0 ? wanted : [configured ?? embedded]
  return {
    config: {
      root,
      tsconfig,
      outDir,
      provider: configured,
      providers: [...new Set(providers)].sort(),
      connection,
      dashboard,
    },
    root,
    diagnostics,
  }
}

function fromRoot(root: string, path: string): string {
  return relative(root, resolve(root, path)).split(sep).join('/') || '.'
}

interface ConfigFile {
  settings: Record<string, unknown>
  locate: (key: string) => Location
}

/** A broken package.json leads no import anywhere, and each would be reported. */
function manifestProblem(root: string): Diagnostic | undefined {
  const path = join(root, 'package.json')
  if (!existsSync(path)) return undefined
  const parsed = parseJson('package.json', readFileSync(path, 'utf8'))
  return 'reason' in parsed ? brokenPackageJson(parsed.reason, parsed.location) : undefined
}

function readFile(root: string, diagnostics: Diagnostic[]): ConfigFile {
  const path = join(root, configFile)
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '{}'
  const locate = (key: string) =>
    locationIn(configFile, text, Math.max(0, text.indexOf(JSON.stringify(key))))
  const parsed = parseJson(configFile, text)
  if ('reason' in parsed) diagnostics.push(brokenConfig(parsed.reason, parsed.location))
  else if (isRecord(parsed.value)) return { settings: parsed.value, locate }
  else diagnostics.push(badConfigValue(configFile, 'an object', locationIn(configFile, text, 0)))
  return { settings: {}, locate }
}
