import { sep } from 'node:path'
import { getLibFiles, getLibFolderPath } from '@ts-morph/common'
import { ts } from 'ts-morph'

/** What the compiler reads: the disk, the libraries that come with it, and the overlay over both. */
export interface ProjectHost extends ts.CompilerHost {
  /** Puts a text where the file need not exist on disk. */
  overlay(path: string, text: string): void
}

/** @param folder where `@types` are looked for when tsconfig.json does not say: its own folder. */
export function createProjectHost(options: ts.CompilerOptions, folder: string): ProjectHost {
  const disk = ts.createCompilerHost(options)
  const libFolder = getLibFolderPath({})
  const texts = new Map(getLibFiles().map((it) => [`${libFolder}/${it.fileName}`, it.text]))
  const folders = new Set<string>()
  const parsed = new Map<string, ts.SourceFile | undefined>()
  const readFile = (name: string) => texts.get(name) ?? disk.readFile(name)
  return {
    ...disk,
    getCurrentDirectory: () => folder,
    getDefaultLibLocation: () => libFolder,
    getDefaultLibFileName: (its) => `${libFolder}/${ts.getDefaultLibFileName(its)}`,
    readFile,
    fileExists: (name) => texts.has(name) || disk.fileExists(name),
    directoryExists: (name) => folders.has(name) || (disk.directoryExists?.(name) ?? true),
    getSourceFile(name, version) {
      if (!parsed.has(name)) parsed.set(name, parse(name, readFile(name), version))
      return parsed.get(name)
    },
    overlay(path, text) {
      const name = path.split(sep).join('/')
      texts.set(name, text)
      folders.add(name.slice(0, name.lastIndexOf('/')))
      parsed.delete(name)
    },
  }
}

/**
 * Comments are where payload types have their descriptions and constraints; the declarations of the
 * platform have the most of them, and none that counts.
 */
function parse(
  name: string,
  text: string | undefined,
  version: ts.ScriptTarget | ts.CreateSourceFileOptions,
): ts.SourceFile | undefined {
  if (text === undefined) return undefined
  const isPlatform = name.startsWith(getLibFolderPath({})) || name.includes('/node_modules/@types/')
  const options = typeof version === 'object' ? version : { languageVersion: version }
  const { ParseAll, ParseNone } = ts.JSDocParsingMode
  const jsDocParsingMode = isPlatform ? ParseNone : ParseAll
  // What is read before there is a checker has to know its parents.
  return ts.createSourceFile(name, text, { ...options, jsDocParsingMode }, !isPlatform)
}
