import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { cannotWrite, type Diagnostic } from '../diagnostics.ts'
import { looksAs, looksOf, statsOf } from '../stats-of.ts'

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
  const staged: (GeneratedFile & { temporary: string; final: string })[] = []
  let current = ''
  try {
    for (const { path, text } of files) {
      current = path
      const final = join(root, path)
      const temporary = `${final}.${process.pid}.tmp`
      assertReplaceable(final)
      mkdirSync(dirname(final), { recursive: true })
      staged.push({ path, text, temporary, final })
      writeFileSync(temporary, text)
    }
    for (const { path, text, temporary, final } of staged) {
      current = path
      renameSync(temporary, final)
      const stats = statsOf(final)
      if (stats) written.set(final, { text, looks: looksOf(stats) })
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

/** By this process. A file that still looks as it did then need not be read to know what is in it. */
const written = new Map<string, { text: string; looks: number[] }>()

function readIfThere(path: string): string | null {
  try {
    const own = written.get(path)
    return own && looksAs(own.looks, statSync(path)) ? own.text : readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
