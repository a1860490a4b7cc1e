import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { findRoot } from '../config/find-root.ts'
import { type ProjectConfig, readConfigIn } from '../config/read-config.ts'
import { brokenPackageJson, insideProject, noTsconfig, type Diagnostic } from '../diagnostics.ts'
import { isRecord, locationIn, parseJson } from '../parse-json.ts'
import { configFile } from '../project-files.ts'
import { readTsconfigFile, type TsconfigFile } from './tsconfig-file.ts'

/** What `pikku init` starts from. */
export interface Folder {
  root: string
  /** Null where there is none. */
  manifest: Manifest | null
  config: ProjectConfig
  /** Text of pikku.config.json; null where there is none. */
  configText: string | null
  tsconfig: TsconfigFile | null
  /** Is a queue wired anywhere? */
  isWired: boolean
  /** Nobody has written anything yet: packages were installed or `npm init` run at most, which leave a package.json. */
  isFresh: boolean
  /** Is it an ES module, or to become one? */
  isModule: boolean
}

/** A package.json. */
export interface Manifest {
  text: string
  value: Record<string, unknown>
}

/** Reads the folder; nothing of it is run. Null when something there has to be mended first. */
export function readFolder(cwd: string): { folder: Folder | null; diagnostics: Diagnostic[] } {
  const project = projectAround(cwd)
  if (project !== null) return { folder: null, diagnostics: [insideProject(cwd, project)] }

  const { config, diagnostics } = readConfigIn(cwd)
  const { manifest, problem } = readManifest(cwd)
  if (problem) diagnostics.push(problem)
  if (config === null || problem) return { folder: null, diagnostics }

  const isMissing = !existsSync(join(cwd, config.tsconfig))
  if (isMissing && config.tsconfig !== 'tsconfig.json') {
    return { folder: null, diagnostics: [noTsconfig(config.tsconfig)] }
  }
  const tsconfig = isMissing ? null : readTsconfigFile(cwd, config.tsconfig)
  if (tsconfig && 'diagnostics' in tsconfig) {
    return { folder: null, diagnostics: tsconfig.diagnostics }
  }
  const configText = textOf(cwd, configFile)
  const isWired = tsconfig?.files.some(wires) ?? false
  const type = manifest?.value.type
  const isChosen = type !== undefined && !isOfNpmInit(manifest?.value)
  const isFresh = tsconfig === null && !isChosen && isBare(cwd)
  const isModule = manifest === null || type === 'module' || isFresh
  const folder = { root: cwd, manifest, config, configText, tsconfig, isWired, isFresh, isModule }
  return { folder, diagnostics }
}

/** `npm init` says `"type": "commonjs"` for whoever says nothing, beside a script that is no test. */
function isOfNpmInit({ type, scripts }: Record<string, unknown> = {}): boolean {
  const test = isRecord(scripts) ? scripts.test : undefined
  return type === 'commonjs' && test === 'echo "Error: no test specified" && exit 1'
}

/** No folder but that of the packages, and no code beside it. */
function isBare(cwd: string): boolean {
  return readdirSync(cwd, { withFileTypes: true }).every((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return true
    return entry.isFile() && !/\.([cm]?[jt]s|[jt]sx)$/.test(entry.name)
  })
}

/** The project that the folder is a part of, rather than being one, or the place for one, itself. */
function projectAround(cwd: string): string | null {
  const isProject = [configFile, 'package.json', 'tsconfig.json'].some((name) =>
    existsSync(join(cwd, name)),
  )
  const isEmpty = () =>
    readdirSync(cwd).every((name) => name.startsWith('.') || name === 'node_modules')
  return isProject || isEmpty() ? null : findRoot(cwd)
}

export function readManifest(root: string): { manifest: Manifest | null; problem?: Diagnostic } {
  const text = textOf(root, 'package.json')
  if (text === null) return { manifest: null }
  const parsed = parseJson('package.json', text)
  if ('reason' in parsed) {
    return { manifest: null, problem: brokenPackageJson(parsed.reason, parsed.location) }
  }
  if (isRecord(parsed.value)) return { manifest: { text, value: parsed.value } }
  const start = locationIn('package.json', text, 0)
  return { manifest: null, problem: brokenPackageJson('it must be an object', start) }
}

function textOf(root: string, name: string): string | null {
  const path = join(root, name)
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

const wires = (path: string): boolean =>
  !path.endsWith('.gen.ts') && readFileSync(path, 'utf8').includes('wireQueueWorker')
