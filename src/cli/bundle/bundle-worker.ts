import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, stop } from 'esbuild'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'
import { bundleOptions, toDiagnostics } from './bundle-options.ts'
import { installedPackages } from './installed-packages.ts'

export type BundleResult =
  | {
      file: string
      /** What it is made of; relative to the root. */
      inputs: string[]
    }
  | { diagnostics: Diagnostic[] }

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
  try {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, '.gitignore'), '*\n')
  } catch (error) {
    return { diagnostics: [cannotWrite('.pikku/build', error)] }
  }
  // A name of its own for each process: a second worker must not load what a first is writing.
  const file = join(folder, `worker-${process.pid}.mjs`)
  try {
    const { metafile } = await build({
      ...bundleOptions(root, entry, tsconfig),
      outfile: file,
      plugins: [installedPackages(root)],
      sourcemap: 'inline',
      metafile: true,
    })
    return { file, inputs: Object.keys(metafile.inputs) }
  } catch (error) {
    return { diagnostics: toDiagnostics(error) }
  } finally {
    await stop()
  }
}
