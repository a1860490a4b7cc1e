import { existsSync } from 'node:fs'
import { readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { bundleWorker } from '../bundle/bundle-worker.ts'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'
import { hash } from '../hash.ts'

export interface WorkerBundle {
  /** Absolute; a file of its own, which is the caller's to delete. */
  file: string
  /** Says whether another one does the same. */
  hash: string
  /** The files that it is made of; absolute. */
  sources: string[]
}

let bundles = 0

/** As `bundleWorker`, which gives the next one the name of the last: that may still be in use. */
export async function bundleAgain(
  root: string,
  entry: string,
  tsconfig: string,
): Promise<WorkerBundle | { diagnostics: Diagnostic[] }> {
  const bundle = await bundleWorker(root, entry, tsconfig)
  if ('diagnostics' in bundle) return bundle
  // What is none of the disk, as what is left out for Node, has a name that is no path.
  const sources = bundle.inputs.map((path) => resolve(root, path)).filter((it) => existsSync(it))
  bundles += 1
  const file = join(dirname(bundle.file), `dev-${process.pid}-${bundles}.mjs`)
  try {
    await rename(bundle.file, file)
    const text = await readFile(file, 'utf8')
    return { file, hash: hash(text), sources }
  } catch (error) {
    // Somebody may clean up the folder at this moment.
    return { diagnostics: [cannotWrite('.pikku/build', error)] }
  }
}

export const forgetBundle = ({ file }: WorkerBundle): Promise<void> => rm(file, { force: true })
