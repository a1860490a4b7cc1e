import { readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { bundleWorker } from '../bundle/bundle-worker.ts'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'
import { hash } from '../hash.ts'
import { isRecord } from '../parse-json.ts'

export interface WorkerBundle {
  /** Absolute; a file of its own, which is the caller's to delete. */
  file: string
  /** Says whether another one does the same. */
  hash: string
  /** The project's files that it is made of; absolute. */
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
  bundles += 1
  const file = join(dirname(bundle.file), `dev-${process.pid}-${bundles}.mjs`)
  try {
    await rename(bundle.file, file)
    const text = await readFile(file, 'utf8')
    return { file, hash: hash(text), sources: sourcesOf(text, dirname(file)) }
  } catch (error) {
    // Somebody may clean up the folder at this moment.
    return { diagnostics: [cannotWrite('.pikku/build', error)] }
  }
}

export const forgetBundle = ({ file }: WorkerBundle): Promise<void> => rm(file, { force: true })

/** What the source map says that it is made of. */
function sourcesOf(text: string, folder: string): string[] {
  const [, encoded = ''] =
    /\n\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/.exec(text) ?? []
  if (encoded === '') return []
  const map: unknown = JSON.parse(Buffer.from(encoded, 'base64').toString())
  const sources: unknown[] = isRecord(map) && Array.isArray(map.sources) ? map.sources : []
  return sources.filter((it) => typeof it === 'string').map((it) => resolve(folder, it))
}
