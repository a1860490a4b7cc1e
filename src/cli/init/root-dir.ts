import { dirname, join, relative, sep } from 'node:path'
import { ts } from 'ts-morph'
import type { Folder } from './folder.ts'
import type { Layout } from './layout.ts'

/** Where the compiler takes the sources to be: what it writes lies below its "outDir" as they do below it. */
export interface RootDir {
  /** Absolute. */
  folder: string
  /** It has to be said, as "rootDir" in the tsconfig: the compiler refuses to guess it (TS5011). */
  isToBeSet: boolean
}

/**
 * Of a project that the compiler compiles, once the example is among its sources.
 * @param typescript major version; undefined for the newest
 */
export function rootDirOf(
  { root, tsconfig }: Folder,
  { sources, outDir }: Layout,
  typescript = Infinity,
): RootDir {
  if (tsconfig === null) return { folder: root, isToBeSet: false }
  const { options, files, path } = tsconfig
  if (options.rootDir !== undefined) return { folder: options.rootDir, isToBeSet: false }
  const own = dirname(join(root, path))
  // Others refer to it by this folder.
  if (options.composite) return { folder: own, isToBeSet: false }
  const common = commonFolder([
    ...emittedFiles(files, options).map((file) => dirname(file)),
    ...[sources, outDir].map((folder) => join(root, folder)),
  ])
  // Before TypeScript 6 it was what all sources have in common; it is where the tsconfig is.
  return { folder: common, isToBeSet: typescript >= 6 && common !== own }
}

/** Those that are included, and what they import. */
function emittedFiles(files: readonly string[], options: ts.CompilerOptions): string[] {
  const program = ts.createProgram({ rootNames: [...files], options })
  return program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .map(({ fileName }) => fileName)
}

function commonFolder(folders: readonly string[]): string {
  const [first = '', ...others] = folders
  const isOutside = (from: string, path: string) => relative(from, path).split(sep)[0] === '..'
  let common = join(first)
  while (others.some((path) => isOutside(common, path)) && dirname(common) !== common) {
    common = dirname(common)
  }
  return common
}
