import type { BuildFailure, BuildOptions, Message } from 'esbuild'
import { bundleFailed, type Diagnostic } from '../diagnostics.ts'

/**
 * For the head of a file: CommonJS finds there what Node would have given it. Modules declare those names
 * for themselves, so but for `require`, which esbuild spares, they are others; see `define`.
 */
export const commonJs = `import { createRequire as pikkuCreateRequire } from 'node:module'
import { fileURLToPath as pikkuFileURLToPath } from 'node:url'
const require = pikkuCreateRequire(import.meta.url)
const pikkuFilename = pikkuFileURLToPath(import.meta.url)
const pikkuDirname = pikkuFileURLToPath(new URL('.', import.meta.url))`

/**
 * How a bootstrap becomes one file, whatever that is for.
 * @param root the project's, absolute.
 * @param tsconfig absolute: it says how imports are resolved and classes are compiled.
 */
export function bundleOptions(root: string, entry: string, tsconfig: string) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    // As Node itself resolves: without "module", which is for bundlers.
    conditions: [],
    tsconfig,
    sourcesContent: false,
    // Function names show in stack traces and logs.
    keepNames: true,
    banner: { js: commonJs },
    define: { __filename: 'pikkuFilename', __dirname: 'pikkuDirname' },
    logLevel: 'silent',
  } as const satisfies BuildOptions
}

/** @throws what is no failure of the bundler's. */
export function toDiagnostics(error: unknown): Diagnostic[] {
  if (!isBuildFailure(error)) throw error
  return error.errors.map(toDiagnostic)
}

export function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function toDiagnostic({ text, location }: Message): Diagnostic {
  if (!location) return bundleFailed(text)
  const { file, line, column } = location
  return bundleFailed(text, { file, line, column: column + 1 })
}
