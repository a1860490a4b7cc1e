import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'

/** A file to be: its path is relative to the project's root and uses forward slashes. */
export interface GeneratedFile {
  path: string
  text: string
}

/** The files whose text on disk is another, or that are not there. */
export function changedFiles(root: string, files: readonly GeneratedFile[]): GeneratedFile[] {
  return files.filter(({ path, text }) => readIfThere(join(root, path)) !== text)
}

/**
 * Writes the files. Every text is on disk, under a temporary name beside its own, and every target can
 * be replaced, before the first is renamed into place; a reader sees the old text or the new one, never
 * a part.
 */
export function writeFiles(root: string, files: readonly GeneratedFile[]): Diagnostic[] {
  const staged: { path: string; temporary: string; final: string }[] = []
  let current = ''
  try {
    for (const { path, text } of files) {
      current = path
      const final = join(root, path)
      const temporary = `${final}.${process.pid}.tmp`
      assertReplaceable(final)
      mkdirSync(dirname(final), { recursive: true })
      staged.push({ path, temporary, final })
      writeFileSync(temporary, text)
    }
    for (const { path, temporary, final } of staged) {
      current = path
      renameSync(temporary, final)
    }
    return []
  } catch (error) {
    for (const { temporary } of staged) removeIfCan(temporary)
    return [cannotWrite(current, error)]
  }
}

/** A rename replaces a file, but no folder. */
function assertReplaceable(path: string): void {
  let isFolder = false
  try {
    isFolder = statSync(path).isDirectory()
  } catch (error) {
    if (!isNotThere(error)) throw error
  }
  if (isFolder) throw new Error('EISDIR: it is a folder')
}

const isNotThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT'

function removeIfCan(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // What went wrong before is told of.
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
