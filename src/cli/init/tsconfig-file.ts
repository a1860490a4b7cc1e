import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative, sep } from 'node:path'
import { ts } from 'ts-morph'
import { emptyTsconfig, type Diagnostic } from '../diagnostics.ts'
import { isRecord } from '../parse-json.ts'
import { parseTsconfig } from '../scan/tsconfig.ts'

/** A tsconfig as far as setting up depends on it. */
export interface TsconfigFile {
  path: string
  /** As it is written; what it extends is in `options` alone. */
  text: string
  options: ts.CompilerOptions
  /** Absolute. */
  files: string[]
  /** Would a new TypeScript file in this folder, relative to the root, be included? */
  includes: (folder: string) => boolean
  /** Folders that are included with all that is below them, relative to the root. */
  folders: string[]
}

export function readTsconfigFile(
  root: string,
  path: string,
): TsconfigFile | { diagnostics: Diagnostic[] } {
  const read = parseTsconfig(root, path)
  if ('diagnostics' in read) return read
  const { source, parsed } = read
  const { options, fileNames: files, wildcardDirectories = {} } = parsed
  const patterns = Object.entries(wildcardDirectories).map(([folder, flags]) => ({
    folder: relative(root, folder).split(sep).join('/'),
    isDeep: flags === ts.WatchDirectoryFlags.Recursive,
  }))
  // As in a tsconfig.json that only refers to others.
  if (files.length === 0 && patterns.length === 0) return { diagnostics: [emptyTsconfig(path)] }
  return {
    path,
    text: source.text,
    options,
    files,
    includes: (folder) => patterns.some((pattern) => isWithin(folder, pattern)),
    folders: patterns.filter(({ isDeep }) => isDeep).map(({ folder }) => folder),
  }
}

function isWithin(folder: string, pattern: { folder: string; isDeep: boolean }): boolean {
  const way = relative(pattern.folder, folder)
  if (way === '') return true
  // A pattern reaches into no folder that begins with a dot, unless it names it.
  return pattern.isDeep && way.split(sep).every((name) => !/^\.|^node_modules$/.test(name))
}

/**
 * The major version of the TypeScript that the project is compiled with: the installed one, else the
 * one its package.json asks for. Undefined when it has none yet.
 */
export function typeScriptMajor(root: string, manifest: unknown): number | undefined {
  const version = installedVersion(root) ?? declaredVersion(manifest)
  const [digits] = /\d+/.exec(version ?? '') ?? []
  return digits === undefined ? undefined : Number(digits)
}

function installedVersion(root: string): string | undefined {
  const folders = createRequire(join(root, 'any.js')).resolve.paths('typescript') ?? []
  const path = folders.map((it) => join(it, 'typescript', 'package.json')).find(existsSync)
  const found: unknown = path && JSON.parse(readFileSync(path, 'utf8'))
  return isRecord(found) && typeof found.version === 'string' ? found.version : undefined
}

function declaredVersion(manifest: unknown): string | undefined {
  if (!isRecord(manifest)) return undefined
  const declared = [manifest.devDependencies, manifest.dependencies]
    .filter(isRecord)
    .map(({ typescript }) => typescript)
  return declared.find((range) => typeof range === 'string')
}
