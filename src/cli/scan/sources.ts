import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { posix, sep } from 'node:path'
import { getLibFiles } from '@ts-morph/common'
import { ts } from 'ts-morph'
import { hash, noFile } from '../hash.ts'
import { modelPath } from './locate.ts'
import { isRequire } from './commonjs.ts'
import { failedIn, placesOfPackages } from './package-links.ts'
import { linkBodies, linkParents } from './parents.ts'
import { isInstalled } from './source-kinds.ts'

/** Where an import leads to. */
export type Resolve = (specifier: ts.StringLiteralLike, from: ts.SourceFile) => string | undefined

/** Where the libraries that come with the compiler are said to be: no folder of any disk. */
export const libFolder = '/node_modules/typescript/lib'

/** As the compiler reads a file, and in fewer steps where it is UTF-8. */
function readText(name: string): string | undefined {
  try {
    const text = readFileSync(name, 'utf8')
    if (text.startsWith('\ufffd')) return ts.sys.readFile(name)
    return text.startsWith('\ufeff') ? text.slice(1) : text
  } catch {
    return undefined
  }
}

/**
 * The texts of a project and of what it imports, each read and parsed once: the disk, the libraries that
 * come with the compiler, and an overlay of files that need not exist over both.
 */
export class Sources {
  readonly #options: ts.CompilerOptions
  readonly #folder: string
  readonly #disk: ts.CompilerHost
  readonly #host: ts.CompilerHost
  readonly #overlay = new Map<string, string>()
  /** Folders with something in them. */
  readonly #folders = new Set<string>()
  readonly #texts = new Map<string, string | undefined>()
  readonly #hashes = new Map<string, string>()
  readonly #files = new Map<string, ts.SourceFile | undefined>()
  readonly #modules: ts.ModuleResolutionCache
  readonly #formats = new Map<string, { format: ts.ResolutionMode }>()
  readonly #found = new Map<string, ts.ResolvedModuleWithFailedLookupLocations>()

  /** @param folder where relative options and `@types` are looked for: that of the tsconfig. */
  constructor(options: ts.CompilerOptions, folder: string) {
    this.#options = options
    this.#folder = folder
    this.#disk = ts.createCompilerHost(options)
    this.#host = this.#hostOver(this.#disk)
    this.#modules = ts.createModuleResolutionCache(
      folder,
      (name) => this.#disk.getCanonicalFileName(name),
      options,
    )
  }

  /** Puts a text where the file need not exist on disk. */
  overlay(path: string, text: string): void {
    const name = path.split(sep).join('/')
    if (this.#overlay.get(name) === text) return
    this.#overlay.set(name, text)
    this.#folders.add(folderOf(name))
    this.forget(name)
  }

  /** What is on disk may be another text by now. */
  forget(name: string): void {
    this.#texts.delete(name)
    this.#hashes.delete(name)
    this.#files.delete(name)
  }

  /** Undefined when there is no such file. */
  read(name: string): string | undefined {
    const known = this.#overlay.get(name) ?? this.#texts.get(name) ?? library(name)
    if (known !== undefined) return known
    if (!this.#texts.has(name)) {
      const text = readText(name)
      if (text !== undefined) this.#folders.add(folderOf(name))
      this.#texts.set(name, text)
    }
    return this.#texts.get(name)
  }

  /** Of the text; `noFile` when there is none. */
  hash(name: string): string {
    let known = this.#hashes.get(name)
    if (known === undefined) {
      const text = this.read(name)
      known = text === undefined ? noFile : hash(text)
      this.#hashes.set(name, known)
    }
    return known
  }

  parse(name: string): ts.SourceFile | undefined {
    if (!this.#files.has(name)) {
      const text = this.read(name)
      const file = text === undefined ? undefined : parse(name, text, this.#formatOf(name))
      this.#files.set(name, file)
    }
    return this.#files.get(name)
  }

  resolve: Resolve = (specifier, from) => {
    const beside = this.#sourceBeside(specifier.text, from.fileName)
    if (beside !== undefined) return beside
    const mode = isRequire(specifier.parent) ? ts.ModuleKind.CommonJS : from.impliedNodeFormat
    return this.#lookUp(specifier.text, from.fileName, mode).resolvedModule?.resolvedFileName
  }

  /** As `resolve`, for imports that are known by their text alone. */
  resolveText(specifier: string, from: string): string | undefined {
    const { resolvedModule } = this.#lookUp(specifier, from, this.#formatOf(from))
    return resolvedModule?.resolvedFileName
  }

  /** Where imports were looked for, and were not: there they would be found first. */
  absent(): string[] {
    return [...this.#found.values()].flatMap((it) => failedIn(it))
  }

  /** As `placesOfPackages` says of all imports of the sources themselves. */
  packages(): Map<string, string> {
    const places = [...this.#found].flatMap(([key, found]) => {
      const [folder = '', , specifier = ''] = key.split('\0')
      return isInstalled(folder) || isBuiltin(specifier) ? [] : placesOfPackages(found)
    })
    return new Map(places)
  }

  /**
   * @param resolve where imports lead to, instead of looking them up
   * @param onImport hears of every import that is looked up
   */
  program(
    roots: readonly string[],
    options: ts.CompilerOptions,
    imports: { resolve: Resolve } | { onImport: (from: string, to: string) => void },
  ): ts.Program {
    const host: ts.CompilerHost = {
      ...this.#host,
      getModuleResolutionCache: () => this.#modules,
      getSourceFile: (name, version) => {
        const file = this.parse(name)
        if (file && !isPlatform(name)) linkBodies(file)
        // Whether it is a module is up to the options; it was parsed before the program was there.
        if (file && typeof version === 'object') version.setExternalModuleIndicator?.(file)
        return file
      },
      resolveModuleNameLiterals: (literals, name, _redirected, its, from) =>
        literals.map((literal) => {
          if ('resolve' in imports)
            return { resolvedModule: foundAt(imports.resolve(literal, from)) }
          const found = this.#lookUp(
            literal.text,
            name,
            ts.getModeForUsageLocation(from, literal, its),
          )
          if (found.resolvedModule) imports.onImport(name, found.resolvedModule.resolvedFileName)
          return found
        }),
    }
    return ts.createProgram({ rootNames: [...roots], options, host })
  }

  /** What the compiler tries first for `./name.js`, and most imports are: it takes far longer to say so. */
  #sourceBeside(specifier: string, from: string): string | undefined {
    const [, stem, kind = ''] = /^(\.\.?\/.*)\.([cm]?)js$/.exec(specifier) ?? []
    if (stem === undefined || this.#options.moduleSuffixes) return undefined
    const name = `${posix.join(folderOf(from), stem)}.${kind}ts`
    return this.#texts.get(name) === undefined ? undefined : name
  }

  /** The compiler's own cache of these asks the disk for every folder on the way. */
  #lookUp(specifier: string, from: string, mode: ts.ResolutionMode) {
    const key = `${folderOf(from)}/\0${String(mode)}\0${specifier}`
    let found = this.#found.get(key)
    if (!found) {
      const [host, modules] = [this.#host, this.#modules]
      found = ts.resolveModuleName(specifier, from, this.#options, host, modules, undefined, mode)
      this.#found.set(key, found)
    }
    return found
  }

  /** The same for all files of one kind in one folder. */
  #formatOf(name: string): ts.ResolutionMode {
    const kind = `${folderOf(name)} ${posix.extname(name)}`
    const known = this.#formats.get(kind)
    if (known) return known.format
    const packages = this.#modules.getPackageJsonInfoCache()
    const format = ts.getImpliedNodeFormatForFile(name, packages, this.#host, this.#options)
    this.#formats.set(kind, { format })
    return format
  }

  #hostOver(disk: ts.CompilerHost): ts.CompilerHost {
    return {
      ...disk,
      getCurrentDirectory: () => this.#folder,
      getDefaultLibLocation: () => libFolder,
      getDefaultLibFileName: (its) => `${libFolder}/${ts.getDefaultLibFileName(its)}`,
      readFile: (name) => this.read(name),
      fileExists: (name) =>
        this.#overlay.has(name) ||
        library(name) !== undefined ||
        this.#texts.get(name) !== undefined ||
        disk.fileExists(name),
      directoryExists: (name) => this.#folders.has(name) || (disk.directoryExists?.(name) ?? true),
    }
  }
}

const folderOf = (name: string): string => name.slice(0, name.lastIndexOf('/'))

/** The hash of each text, by path relative to the root. */
export function hashesOf(
  sources: Sources,
  root: string,
  paths: Iterable<string>,
): Record<string, string> {
  return Object.fromEntries([...paths].map((path) => [modelPath(root, path), sources.hash(path)]))
}

/** The text of a library, by the path that the compiler asks for it with. */
function library(path: string): string | undefined {
  if (!isLibrary(path)) return undefined
  libraries ??= new Map(getLibFiles().map((it) => [`${libFolder}/${it.fileName}`, it.text]))
  return libraries.get(path)
}
let libraries: ReadonlyMap<string, string> | undefined

/** The compiler looks beside them for a package.json, too: all are loaded when one is asked for. */
const isLibrary = (path: string): boolean =>
  path.startsWith(`${libFolder}/lib.`) && path.endsWith('.d.ts')

/**
 * Comments are where payload types have their descriptions and constraints; the declarations of the
 * platform have the most of them, and none that counts.
 */
function parse(name: string, text: string, impliedNodeFormat: ts.ResolutionMode): ts.SourceFile {
  const { ParseAll, ParseNone } = ts.JSDocParsingMode
  const jsDocParsingMode = isPlatform(name) ? ParseNone : ParseAll
  const options = {
    languageVersion: ts.ScriptTarget.Latest,
    jsDocParsingMode,
    ...(impliedNodeFormat !== undefined && { impliedNodeFormat }),
  }
  const file = ts.createSourceFile(name, text, options)
  // The platform is never read without a checker, which links all there is.
  if (!isPlatform(name)) linkParents(file)
  return file
}

const isPlatform = (name: string): boolean =>
  name.startsWith(libFolder) || name.includes('/node_modules/@types/')

function foundAt(path: string | undefined): ts.ResolvedModuleFull | undefined {
  if (path === undefined) return undefined
  const extension = /\.d\.[cm]?ts$|\.[^./]+$/.exec(path)?.[0] ?? ''
  return { resolvedFileName: path, extension, isExternalLibraryImport: false }
}
