import { join } from 'node:path'
import type { ts } from 'ts-morph'
import { outsideRootDir, type Diagnostic } from '../diagnostics.ts'
import { isGeneratedFile } from '../generated-files.ts'
import { hash, noFile } from '../hash.ts'
import type { ProjectModel } from '../model.ts'
import { isWalked, manifestAbove } from '../project-files.ts'
import type { Reached } from '../reached.ts'
import { remembered } from '../remember.ts'
import { findServices, type FoundServices } from './find-services.ts'
import { absolutePath, isOutside, modelPath } from './locate.ts'
import { mergeUnits } from './merge-units.ts'
import { clientFile, clientText } from './overlay-client.ts'
import { overlayText, typesFile } from './overlay.ts'
import { reachedApart } from './reached-apart.ts'
import { scanUnits } from './scan-units.ts'
import { isInstalled, isTypeScript } from './source-kinds.ts'
import { hashesOf, Sources } from './sources.ts'
import { syntaxErrors } from './syntax-errors.ts'
import { type Survey, Surveyor } from './survey.ts'
import { readTsconfig, type Tsconfig, type TsconfigLooks } from './tsconfig.ts'
import { isMemory, nothingKnown, type Memory, type Unit } from './unit.ts'
import type { UnitProject } from './unit-project.ts'
import { unreadableSources } from './unreadable-sources.ts'

export interface ScanOptions {
  root: string
  /** Relative to the root, as all paths here. */
  tsconfig: string
  outDir: string
  /** False gives every file the program that the compiler would: slower, and the same. */
  isNarrow?: boolean
}

export interface Scan {
  /** Null when the sources cannot be read at all: no tsconfig, or broken syntax. */
  model: ProjectModel | null
  diagnostics: Diagnostic[]
  /** The hash of everything that was read of the project itself, and looked for elsewhere, by path. */
  read: () => ReadonlyMap<string, string>
  /** The hash of all names in each folder elsewhere that it includes, by path. */
  folders: Record<string, string>
  /** Where packages of a workspace are linked to, by the path of the link; '' where there is none, and may be. */
  links: () => Record<string, string>
  /** What a walk through the project's folders does not come by. */
  reached: () => Reached
  memory: Memory
}

/** Reads a project's sources, statically, into a model; again and again, when it is asked to. */
export class ProjectScanner {
  readonly #options: ScanOptions
  #opened: Opened | null = null
  /** Of the last scan, whose shape is known. */
  #memory: Memory = nothingKnown

  constructor(options: ScanOptions) {
    this.#options = options
  }

  /** Files have other texts by now. */
  changed(paths: Iterable<string>): void {
    const absent = new Set(this.#opened?.sources.absent())
    for (const path of paths) {
      const isConfiguration =
        path.endsWith('/package.json') ||
        this.#opened?.tsconfig.texts.some(
          (it) => absolutePath(this.#options.root, it.path) === path,
        )
      // Where it was looked for, imports lead to it now.
      if (isConfiguration || absent.has(path)) this.#opened = null
      this.#opened?.sources.forget(path)
    }
  }

  /**
   * @param known the memory of an earlier scan: what it says of files that are as they were is
   *   taken over
   */
  scan(known?: unknown): Scan {
    const memory = known === this.#memory ? this.#memory : isMemory(known) ? known : nothingKnown
    if (!this.#opened) {
      const { root, tsconfig: path, outDir } = this.#options
      const isGenerated = (it: string) => isGeneratedFile(outDir, it)
      const { tsconfig, diagnostics, ...looked } = readTsconfig(root, path, isGenerated)
      if (!tsconfig) {
        const nothing = { read: () => new Map<string, string>(), folders: {}, links: () => ({}) }
        const reached = () => reachedApart(root, looked)
        return { model: null, diagnostics, ...nothing, reached, memory }
      }
      this.#opened = this.#open(tsconfig, looked)
    }
    const scan = this.#scan(this.#opened, memory)
    this.#memory = scan.memory
    return scan
  }

  #open(tsconfig: Tsconfig, looked: TsconfigLooks): Opened {
    const { root, outDir, isNarrow = true } = this.#options
    const { options, folder } = tsconfig
    const sources = new Sources(options, folder)
    const typesPath = absolutePath(root, `${outDir}/${typesFile}`)
    const clientPath = absolutePath(root, `${outDir}/${clientFile}`)
    sources.overlay(clientPath, clientText)
    // It is there to be imported; what is in it follows from the services.
    sources.overlay(typesPath, '')
    const isGenerated = (path: string) => isGeneratedFile(outDir, modelPath(root, path))
    const isOwn = (path: string) => isTypeScript(path) && !isInstalled(path) && !isGenerated(path)
    const files = tsconfig.files.filter((path) => !isGenerated(path))
    const surveyor = new Surveyor({ options, folder, files, isOwn, ...textsOf(sources) })
    const about = { root, outDir, options, isNarrow, sources, isGenerated, isOwn }
    const generated = { typesFile: typesPath, clientFile: clientPath }
    const isApart = (path: string) => !isWalked(root, path)
    const apart = {
      filesApart: files.filter(isApart),
      dependenciesApart: remembered(({ dependencies }: Unit) =>
        Object.keys(dependencies)
          .map((path) => absolutePath(root, path))
          .filter(isApart),
      ),
    }
    return { tsconfig, looked, files, surveyor, ...about, ...generated, ...apart }
  }

  #scan(opened: Opened, memory: Memory): Scan {
    const { root, outDir, tsconfig, sources, files, surveyor } = opened
    const survey = surveyor.survey()
    const services = servicesIn(opened, survey)
    sources.overlay(opened.typesFile, overlayText(services.services, outDir))
    const hashes = (paths: Iterable<string>) => hashesOf(sources, root, paths)
    const ground = hash(
      JSON.stringify([
        [tsconfig.texts, tsconfig.folders],
        sources.read(opened.typesFile),
        [hashes(survey.ambient), survey.elsewhere.map((path) => modelPath(root, path))],
      ]),
    )
    const known = memory.ground === ground ? memory.units : []
    const units = scanUnits({ ...opened, survey, services }, known)
    const { isBroken, diagnostics, ...found } = mergeUnits(units)
    const broken = survey.services.flatMap((path) => syntaxErrors(root, sources.parse(path)))
    const isReadable = !isBroken && broken.length === 0
    return {
      model: isReadable ? { ...found, services: services.services } : null,
      diagnostics: [
        ...services.diagnostics,
        ...outside(opened),
        ...unreadableSources(root, { ...tsconfig, files }, (path) => sources.read(path)),
        ...broken,
        ...diagnostics,
      ],
      read: () => {
        const read = new Map(tsconfig.texts.map(({ path, text }) => [path, hash(text)]))
        for (const path of new Set([...files, ...survey.sources])) {
          read.set(modelPath(root, path), sources.hash(path))
        }
        for (const { dependencies } of units) {
          for (const [path, content] of Object.entries(dependencies)) read.set(path, content)
        }
        for (const path of absentOutside(opened)) read.set(modelPath(root, path), noFile)
        return read
      },
      folders: tsconfig.folders,
      links: () =>
        Object.fromEntries(
          Array.from(sources.packages(), ([path, target]) => [
            modelPath(root, path),
            target === '' ? '' : modelPath(root, target),
          ]),
        ),
      reached: () => reachedApart(root, looksOf(opened, survey, units)),
      memory: { ground, units },
    }
  }
}

interface Opened extends Omit<UnitProject, 'survey' | 'services'> {
  tsconfig: Tsconfig
  looked: TsconfigLooks
  /** What the tsconfig includes, without what is generated. */
  files: string[]
  /** Those of them, and of what a unit depends on, that a walk through the project's folders does not come by. */
  filesApart: string[]
  dependenciesApart: (unit: Unit) => string[]
  surveyor: Surveyor
}

function servicesIn({ root, sources, isGenerated }: Opened, { services }: Survey): FoundServices {
  const imported = (specifier: ts.StringLiteralLike, from: ts.SourceFile) => {
    const path = sources.resolve(specifier, from)
    return path === undefined || isGenerated(path) ? null : (sources.parse(path) ?? null)
  }
  const files = services.flatMap((path) => sources.parse(path) ?? [])
  return findServices({ root, imported }, files)
}

function looksOf(
  { root, sources, looked, isGenerated, filesApart, dependenciesApart }: Opened,
  survey: Survey,
  units: readonly Unit[],
) {
  const listed = survey.sources.filter((path) => !isWalked(root, path))
  const above = manifestAbove(root)
  const read = [...filesApart, ...listed, ...units.flatMap(dependenciesApart)]
  if (above !== null) read.push(absolutePath(root, above))
  const isThere = (path: string): [string, boolean] => [path, sources.read(path) !== undefined]
  const absent = sources
    .absent()
    .filter((path) => !isInstalled(path))
    .map((path): [string, boolean] => [path, false])
  const asked = new Map([...looked.asked, ...absent, ...read.map(isThere)])
  return { ...looked, asked, packages: sources.packages(), isGenerated }
}

/** What is installed is looked for anew when something has been installed. */
function absentOutside({ root, sources }: Opened): string[] {
  return sources.absent().filter((path) => isOutside(root, path) && !isInstalled(path))
}

function outside({ root, outDir, options: { rootDir } }: Opened): Diagnostic[] {
  if (rootDir === undefined || !isOutside(rootDir, join(root, outDir))) return []
  return [outsideRootDir(outDir, modelPath(root, rootDir))]
}

const textsOf = (sources: Sources) => ({
  read: (path: string) => sources.read(path),
  resolveText: (specifier: string, from: string) => sources.resolveText(specifier, from),
})
