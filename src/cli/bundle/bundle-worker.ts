import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type BuildFailure, type Message, stop } from 'esbuild'
import { bundleFailed, type Diagnostic } from '../diagnostics.ts'
import { installedPackages } from './installed-packages.ts'

export type BundleResult = { file: string } | { diagnostics: Diagnostic[] }

/**
 * Bundles a generated bootstrap with the user's TypeScript into one file that Node runs. Installed
 * packages stay outside; the file lies in the project so that they are found.
 * @param entry the bootstrap, absolute.
 * @param tsconfig the project's, absolute: it says how imports are resolved and classes are compiled.
 */
export async function bundleWorker(
  root: string,
  entry: string,
  tsconfig: string,
): Promise<BundleResult> {
  const folder = join(root, '.pikku', 'build')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, '.gitignore'), '*\n')
  // A name of its own for each process: a second worker must not load what a first is writing.
  const file = join(folder, `worker-${process.pid}.mjs`)
  try {
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node22',
      plugins: [installedPackages(root)],
      // As Node itself resolves: without "module", which is for bundlers.
      conditions: [],
      tsconfig,
      sourcemap: 'inline',
      sourcesContent: false,
      // Function names show in stack traces and logs.
      keepNames: true,
      logLevel: 'silent',
    })
    return { file }
  } catch (error) {
    if (!isBuildFailure(error)) throw error
    return { diagnostics: error.errors.map(toDiagnostic) }
  } finally {
    await stop()
  }
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors)
}

function toDiagnostic({ text, location }: Message): Diagnostic {
  if (!location) return bundleFailed(text)
  const { file, line, column } = location
  return bundleFailed(text, { file, line, column: column + 1 })
}
