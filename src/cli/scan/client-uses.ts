import { ts } from 'ts-morph'
import { type Capabilities, type ProviderName } from '../../runtime/capabilities.ts'
import { isGeneratedFile } from '../generated-files.ts'
import type { Location, ProjectModel } from '../model.ts'
import { lazyCode } from './code.ts'
import { longDelays } from './long-delays.ts'
import { absolutePath, locate, locationAt, modelPath } from './locate.ts'
import { clientFile } from './overlay-client.ts'
import { lackingOn, nothingLacking, portableClientText } from './overlay-portable.ts'
import { overlayText, typesFile } from './overlay.ts'
import { fullProgram } from './programs.ts'
import { isInstalled } from './source-kinds.ts'
import { Sources } from './sources.ts'
import { readTsconfig } from './tsconfig.ts'

/** A place where a client is used as it cannot be on the provider in question. */
export interface ClientUse {
  location: Location
  /** Undefined where only the compiler has words for it. */
  what:
    | { member: string }
    | { option: string }
    | { delayMs: number; mostMs: number }
    | { reason: string }
}

const clientName = clientFile.replace(/\.ts$/, '')
/** A producer need not be among what the tsconfig includes. */
const scripts = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs']

interface Project {
  /** Absolute. */
  root: string
  /** Relative to the root. */
  tsconfig: string
  outDir: string
}

/**
 * Whatever of the project asks of the generated client what it could not do on the provider: what the
 * compiler would say if the client were generated for that one, and what it would not say if it could do
 * everything. Beside that, delays that are written down and too long.
 */
export function findClientUses(
  { root, tsconfig, outDir }: Project,
  { queues, services }: Pick<ProjectModel, 'queues' | 'services'>,
  { provider, capabilities }: { provider: ProviderName; capabilities: Capabilities },
): ClientUse[] {
  const isGenerated = (path: string) => isGeneratedFile(outDir, path)
  const read = readTsconfig(root, tsconfig, isGenerated).tsconfig
  if (read === null) return []
  const options = strictOptions(read.options)
  const sources = new Sources(options, read.folder)
  const isOwn = (path: string) => !isInstalled(path) && !isGenerated(modelPath(root, path))
  const importing = ts.sys
    .readDirectory(root, scripts, undefined, ['**/*'])
    .filter((path) => isOwn(path) && sources.read(path)?.includes(clientName))
  if (importing.length === 0) return []
  const files = [...new Set([...read.files.filter(isOwn), ...importing])]

  const clientPath = absolutePath(root, `${outDir}/${clientFile}`)
  sources.overlay(absolutePath(root, `${outDir}/${typesFile}`), overlayText(services, outDir))
  const names = queues.map(({ name }) => name)
  const lacking = lackingOn(capabilities)
  const programFor = (what: typeof lacking) => {
    const suffix = capabilities.fifo?.suffix
    sources.overlay(clientPath, portableClientText(names, provider, what, suffix))
    return fullProgram(sources, options, files)
  }

  const { program, closureOf } = programFor(lacking)
  const users = files.filter((path) => closureOf(path).has(clientPath))
  const problems = problemsIn(program, users)
  const code = lazyCode(() => program, sources.resolve)
  const delays = users
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((file) => longDelays(code, file, { clientPath, capabilities }))
    .map(({ node, ...what }): ClientUse => ({ location: locate(root, node), what }))
  if (problems.length === 0) return delays
  const usual = new Set(problemsIn(programFor(nothingLacking).program, users).map(keyOf))
  const own = problems.filter((problem) => !usual.has(keyOf(problem)))
  const known = new Set([...lacking.options.plain, ...lacking.options.fifo])
  return [
    ...own.map(({ file, start, reason }): ClientUse => {
      const location = locationAt(root, file, start)
      const name = namesIn(file, start, reason).find(
        (it) => lacking.members.includes(it) || known.has(it),
      )
      if (name === undefined) return { location, what: { reason } }
      return { location, what: known.has(name) ? { option: name } : { member: name } }
    }),
    ...delays,
  ]
}

/** Under which an option that no value fits takes none at all, `any` neither, and an absent member is missed. */
const strictOptions = (options: ts.CompilerOptions): ts.CompilerOptions => ({
  ...options,
  allowJs: true,
  checkJs: true,
  exactOptionalPropertyTypes: true,
  noImplicitAny: true,
})

/** Of variables and parameters that are `any` now: what follows from an absent member, and is no news. */
const consequences: readonly number[] = [7005, 7006, 7019, 7031, 7034]

interface Problem {
  file: ts.SourceFile
  start: number
  reason: string
}

function problemsIn(program: ts.Program, paths: readonly string[]): Problem[] {
  return paths
    .flatMap((path) => program.getSourceFile(path) ?? [])
    .flatMap((file) => program.getSemanticDiagnostics(file))
    .flatMap(({ file, start, code, messageText }) => {
      if (!file || start === undefined || consequences.includes(code)) return []
      return [{ file, start, reason: ts.flattenDiagnosticMessageText(messageText, ' ') }]
    })
}

const keyOf = ({ file, start }: Problem): string => `${file.fileName}:${start}`

/** What the compiler points at, and then what it names. */
function namesIn(file: ts.SourceFile, start: number, reason: string): string[] {
  const [, here] = /^['"`]?([\w$]+)/.exec(file.text.slice(start)) ?? []
  const named = [...reason.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)
  return here === undefined ? named : [here, ...named]
}
