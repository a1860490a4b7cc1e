import type { ts } from 'ts-morph'
import { aliasesIn } from './aliases.ts'
import { ambientNames, augmentsSources } from './ambient.ts'
import { lazyCode, type Code } from './code.ts'
import { CallFinder, type FoundCall } from './find-calls.ts'
import { globalsBut } from './known-globals.ts'
import { lostIn } from './lost-calls.ts'
import { absolutePath, modelPath } from './locate.ts'
import { mentionsIn } from './mentions.ts'
import { fullProgram, narrowProgram } from './programs.ts'
import { reachOf } from './reach.ts'
import { scanUnit, servicesUnit, type UnitSyntax } from './scan-unit.ts'
import { isInstalled } from './source-kinds.ts'
import type { Unit } from './unit.ts'
import type { UnitProject } from './unit-project.ts'

/**
 * Every file's contribution. Most need but the files that their own syntax leads to; the others get a
 * program as the compiler makes it, of what they import.
 * @param known what is taken over when nothing that it depends on has changed
 */
export function scanUnits(project: UnitProject, known: readonly Unit[]): Unit[] {
  const { root, sources, survey } = project
  const byPath = new Map(known.map((unit) => [unit.path, unit]))
  const fresh: Unit[] = []
  const take = (path: string): boolean => {
    const unit = byPath.get(modelPath(root, path))
    if (!unit || !isFresh(project, unit)) return false
    fresh.push(unit)
    return true
  }
  const stale = survey.mentioning
    .filter((path) => !take(path))
    .flatMap((path) => sources.parse(path) ?? [])
  // Services that say a generated type themselves may go round in a circle.
  const asksForServices = survey.services.some((path) => survey.mentioning.includes(path))
  const withServices = asksForServices && !take(project.typesFile)

  const isPassedOn =
    fresh.some((unit) => unit.passesOn) || stale.some((file) => mentionsIn(file).isPassedOn)
  if (isPassedOn) return scanWhole(project)
  const isNarrow = project.isNarrow && !augmentsSources(survey.ambient, sources, project.isOwn)
  const globals = globalsBut(ambientNames(survey.ambient, sources))
  const own = {
    parse: (path: string) => sources.parse(path),
    resolve: sources.resolve,
    isOwn: (path: string) => project.isOwn(path),
    typesFile: project.typesFile,
  }
  const narrow: NarrowUnit[] = []
  const full: ts.SourceFile[] = []
  for (const file of isNarrow ? stale : []) {
    const reach = reachOf(file, mentionsIn(file).calls, own, globals)
    if (reach.complete) narrow.push({ file, ...reach, names: { own, globals } })
    else full.push(file)
  }
  if (!isNarrow) full.push(...stale)
  return [...fresh, ...scanNarrow(project, narrow), ...scanFull(project, full, withServices)]
}

function isFresh({ root, sources }: UnitProject, { dependencies }: Unit): boolean {
  return Object.entries(dependencies).every(
    ([path, content]) => sources.hash(absolutePath(root, path)) === content,
  )
}

interface NarrowUnit extends UnitSyntax {
  file: ts.SourceFile
}

/** Reads units as far as their text goes; those of which it does not tell all, with a program of just their files. */
function scanNarrow(project: UnitProject, units: readonly NarrowUnit[]): Unit[] {
  const text = lazyCode(() => {
    throw textIsNotAll
  }, project.sources.resolve)
  const asking: NarrowUnit[] = []
  const scanned = scanAll(project, text, units, asking)
  if (asking.length === 0) return scanned
  const code = lazyCode(() => {
    const all = new Set([project.typesFile, ...asking.flatMap(({ files }) => [...files])])
    return narrowProgram(project.sources, project.options, all)
  }, project.sources.resolve)
  return [...scanned, ...scanAll(project, code, asking, [])]
}

/** @param asking gets those that ask for a program where there is none */
function scanAll(
  project: UnitProject,
  code: Code,
  units: readonly NarrowUnit[],
  asking: NarrowUnit[],
): Unit[] {
  const context = { ...project, code, calls: finderIn(code, project) }
  return units.flatMap((unit) => {
    try {
      return [scanUnit(context, unit.file, unit)]
    } catch (thrown) {
      if (thrown !== textIsNotAll) throw thrown
      asking.push(unit)
      return []
    }
  })
}

/** One for all: what it takes to say where it was thrown is for nobody. */
const textIsNotAll = new Error('this takes the compiler')

function scanFull(
  project: UnitProject,
  files: readonly ts.SourceFile[],
  withServices: boolean,
): Unit[] {
  if (files.length === 0 && !withServices) return []
  const { typesFile, clientFile, survey } = project
  const roots = [typesFile, clientFile, ...survey.ambient, ...files.map((file) => file.fileName)]
  const { program, closureOf } = fullProgram(project.sources, project.options, roots)
  const code = lazyCode(() => program, project.sources.resolve)
  const calls = finderIn(code, project)
  const context = { ...project, code, calls }
  const ambient = ambientFiles(project, program, closureOf)
  const units = files.map((file) =>
    scanUnit(context, file, {
      calls: confirmed(calls, file),
      files: new Set([...closureOf(file.fileName), ...ambient]),
      findLost: () => lostIn(file, code, calls),
    }),
  )
  return withServices ? [...units, servicesUnit(context, closureOf(typesFile))] : units
}

/** A function that is passed on may be called by any name: every call of the project is looked at. */
function scanWhole(project: UnitProject): Unit[] {
  const { typesFile, clientFile, survey, isOwn } = project
  const roots = [typesFile, clientFile, ...survey.ambient, ...survey.sources]
  const { program, closureOf } = fullProgram(project.sources, project.options, roots)
  const code = lazyCode(() => program, project.sources.resolve)
  const ambient = ambientFiles(project, program, closureOf)
  const sources = new Set(survey.sources)
  const files = program
    .getSourceFiles()
    .filter(({ fileName }) => isOwn(fileName) || sources.has(fileName))
  const calls = finderIn(code, project, aliasesIn(files, project.sources.resolve))
  const context = { ...project, code, calls }
  const units = files.map((file) =>
    scanUnit(context, file, {
      calls: calls.callsIn(file),
      files: new Set([...closureOf(file.fileName), ...ambient]),
      findLost: () => lostIn(file, code, calls),
    }),
  )
  return [...units, servicesUnit(context, closureOf(typesFile))]
}

/** Declarations that hold everywhere, and all that they lead to; those of `typeRoots` nobody imports. */
function ambientFiles(
  { survey }: UnitProject,
  program: ts.Program,
  closureOf: (path: string) => Set<string>,
): string[] {
  const declared = program
    .getSourceFiles()
    .filter(({ isDeclarationFile, fileName }) => isDeclarationFile && !isInstalled(fileName))
  const roots = [...survey.ambient, ...declared.map(({ fileName }) => fileName)]
  return roots.flatMap((path) => [...closureOf(path)])
}

function finderIn(
  code: Code,
  { sources, typesFile }: UnitProject,
  aliases?: ReadonlySet<string>,
): CallFinder {
  const file = sources.parse(typesFile)
  if (!file) throw new Error(`there is no ${typesFile}`)
  return new CallFinder(code, file, aliases)
}

/** What looks like a call of a generated function, and is one. */
function* confirmed(finder: CallFinder, file: ts.SourceFile): Generator<FoundCall> {
  for (const { call } of mentionsIn(file).calls) {
    const name = finder.functionOf(call.expression)
    if (name) yield { name, call }
  }
}
