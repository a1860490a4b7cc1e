import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'

/** A file to be: its path is relative to the project's root and uses forward slashes. */
export interface GeneratedFile {
  path: string
  text: string
}

/** The files whose text on disk is another, or that are not there. */
export async function changedFiles(
  root: string,
  files: readonly GeneratedFile[],
): Promise<GeneratedFile[]> {
  const onDisk = await Promise.all(files.map(({ path }) => readIfThere(join(root, path))))
  return files.filter(({ text }, index) => onDisk[index] !== text)
}

/**
 * Writes the files. Every text is on disk, under a temporary name beside its own, and every target can
 * be replaced, before the first is renamed into place; a reader sees the old text or the new one, never
 * a part.
 */
export async function writeFiles(
  root: string,
  files: readonly GeneratedFile[],
): Promise<Diagnostic[]> {
  const staged: { path: string; temporary: string; final: string }[] = []
  let current = ''
  try {
    for (const { path, text } of files) {
      current = path
      const final = join(root, path)
      const temporary = `${final}.${process.pid}.tmp`
      await assertReplaceable(final)
      await mkdir(dirname(final), { recursive: true })
      staged.push({ path, temporary, final })
      await writeFile(temporary, text)
    }
    for (const { path, temporary, final } of staged) {
      current = path
      await rename(temporary, final)
    }
    return []
  } catch (error) {
    for (const { temporary } of staged) await rm(temporary, { force: true }).catch(() => undefined)
    return [cannotWrite(current, error)]
  }
}

/** A rename replaces a file, but no folder. */
async function assertReplaceable(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (isNotThere(error)) return null
    throw error
  })
  if (found?.isDirectory()) throw new Error('EISDIR: it is a folder')
}

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

async function readIfThere(path: string): Promise<string | null> {
  return await readFile(path, 'utf8').catch(() => null)
}
