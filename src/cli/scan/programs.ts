import { ts } from 'ts-morph'
import { requiredIn } from './commonjs.ts'
import { platformText } from './known-globals.ts'
import { narrowLibraries } from './narrow-libraries.ts'
import { isInstalled } from './source-kinds.ts'
import { libFolder, type Sources } from './sources.ts'

const platform = [...narrowLibraries, { fileName: 'platform.d.ts', text: platformText }]

/**
 * The program of files that are known to be all that matters: nothing is looked up beyond them, and no
 * library is loaded but the two that have the types which travel.
 */
export function narrowProgram(
  sources: Sources,
  options: ts.CompilerOptions,
  files: ReadonlySet<string>,
): ts.Program {
  for (const { fileName, text } of platform) sources.overlay(`${libFolder}/${fileName}`, text)
  const roots = [...platform.map(({ fileName }) => `${libFolder}/${fileName}`), ...files]
  const inside = (path: string | undefined) => (path && files.has(path) ? path : undefined)
  return sources.program(
    roots,
    { ...scanOptions(options), noLib: true, noResolve: true, types: [] },
    { resolve: (specifier, from) => inside(sources.resolve(specifier, from)) },
  )
}

/** A program as the compiler itself makes it, and who imports whom in it. */
export interface FullProgram {
  program: ts.Program
  /** All that a file leads to, itself included; without what is installed. */
  closureOf: (path: string) => Set<string>
}

export function fullProgram(
  sources: Sources,
  options: ts.CompilerOptions,
  roots: readonly string[],
): FullProgram {
  const edges = new Map<string, Set<string>>()
  const lead = (from: string, to: string) => {
    const known = edges.get(from)
    if (known) known.add(to)
    else edges.set(from, new Set([to]))
  }
  const all = withRequired(sources, roots, lead)
  const program = sources.program(all, scanOptions(options), { onImport: lead })
  for (const { fileName, referencedFiles } of program.getSourceFiles()) {
    for (const reference of referencedFiles) {
      lead(fileName, ts.resolveTripleslashReference(reference.fileName, fileName))
    }
  }
  return {
    program,
    closureOf(path) {
      const closure = new Set([path])
      for (const here of closure) {
        for (const next of edges.get(here) ?? []) if (!isInstalled(next)) closure.add(next)
      }
      return closure
    },
  }
}

/** What the roots require comes with them: the compiler does not look that up in TypeScript. */
function withRequired(
  sources: Sources,
  roots: readonly string[],
  lead: (from: string, to: string) => void,
): string[] {
  const all = new Set(roots)
  for (const path of all) {
    const file = isInstalled(path) ? undefined : sources.parse(path)
    for (const specifier of file ? requiredIn(file) : []) {
      const target = sources.resolve(specifier, specifier.getSourceFile())
      if (target === undefined || isInstalled(target)) continue
      lead(path, target)
      all.add(target)
    }
  }
  return [...all]
}

// Without the checks of null, `string | null` is `string`, and so would be the contract.
const scanOptions = (options: ts.CompilerOptions): ts.CompilerOptions => ({
  ...options,
  noEmit: true,
  skipLibCheck: true,
  strictNullChecks: true,
})
