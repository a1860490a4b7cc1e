import { posix } from 'node:path'
import { ts } from 'ts-morph'
import { notImported, passedOn, type Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { circularTypes } from './circular-types.ts'
import type { CallFinder, FoundCall } from './find-calls.ts'
import { locate, modelPath } from './locate.ts'
import { mentionsIn } from './mentions.ts'
import type { ContractSide } from './read-function.ts'
import { readWiring } from './read-wiring.ts'
import { symbolOf } from './resolve.ts'
import { hashesOf, type Sources } from './sources.ts'
import { syntaxErrors } from './syntax-errors.ts'
import { createTypeExpander } from './types/expand.ts'
import type { Unit } from './unit.ts'
import type { UnitProject } from './unit-project.ts'
import { unresolvedImports } from './unresolved-imports.ts'

export interface UnitProgram extends UnitProject {
  program: ts.Program
  calls: CallFinder
}

/**
 * Reads the wirings of one file.
 * @param calls those of the generated functions in it
 * @param files all that it depends on; absolute
 */
export function scanUnit(
  context: UnitProgram,
  file: ts.SourceFile,
  calls: Iterable<FoundCall>,
  files: ReadonlySet<string>,
): Unit {
  const { root, program, sources } = context
  const broken = [...files].flatMap((path) => syntaxErrors(root, sources.parse(path)))
  if (broken.length > 0) {
    return unitOf(context, file.fileName, files, { isBroken: true, diagnostics: broken })
  }
  const checker = program.getTypeChecker()
  const expander = createTypeExpander(checker, root)
  const diagnostics = unresolvedImports({ ...context, resolve: sources.resolve }, file)
  const reading = {
    root,
    program,
    checker,
    calls: context.calls,
    expand: ({ type, node }: ContractSide, subject: string) => expander.expand(type, node, subject),
    report: (diagnostic: Diagnostic) => void diagnostics.push(diagnostic),
  }
  for (const node of mentionsIn(file).lost) {
    diagnostics.push(passedOn(node.getText(file), locate(root, node)))
  }
  for (const name of unknownNames(checker, file)) {
    diagnostics.push(notImported(name.text, locate(root, name)))
  }
  const queues: QueueModel[] = []
  let isWiring = false
  for (const { name, call } of calls) {
    if (name === 'pikkuSessionlessFunc') continue
    isWiring = true
    const queue = name === 'wireQueueWorker' ? readWiring(reading, call) : null
    if (queue) queues.push(queue)
  }
  return unitOf(context, file.fileName, files, {
    queues,
    types: expander.types,
    isWiring,
    passesOn: mentionsIn(file).isPassedOn,
    diagnostics: [...diagnostics, ...expander.diagnostics],
  })
}

/** Wiring functions that are called, and are nothing in this file. */
function unknownNames(checker: ts.TypeChecker, file: ts.SourceFile): ts.Identifier[] {
  return mentionsIn(file)
    .calls.map(({ call }) => call.expression)
    .filter(ts.isIdentifier)
    .filter(({ text }) => text === 'wireQueueWorker' || text === 'addTagMiddleware')
    .filter((name) => !symbolOf(checker, name))
}

/** What there is to say of the services alone. */
export function servicesUnit(context: UnitProgram, files: ReadonlySet<string>): Unit {
  const { program, typesFile, services } = context
  const file = program.getSourceFile(typesFile)
  const diagnostics = file ? circularTypes(program, file, services.locations) : []
  return unitOf(context, typesFile, files, { diagnostics })
}

function unitOf(
  { root, sources, isGenerated }: UnitProgram,
  path: string,
  files: ReadonlySet<string>,
  found: Partial<Unit>,
): Unit {
  const own = [...files].filter((it) => !isGenerated(it))
  const manifests = own.flatMap((it) => (isBelow(root, it) ? [] : manifestOf(sources, it)))
  return {
    path: modelPath(root, path),
    queues: [],
    types: [],
    isWiring: false,
    passesOn: false,
    isBroken: false,
    diagnostics: [],
    ...found,
    dependencies: hashesOf(sources, root, [...new Set([...own, ...manifests])].sort()),
  }
}

const isBelow = (root: string, path: string): boolean => path.startsWith(`${root}/`)

/** The package.json that says where imports of a neighbouring package lead to. */
function manifestOf(sources: Sources, path: string): string[] {
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    const manifest = posix.join(folder, 'package.json')
    if (sources.read(manifest) !== undefined) return [manifest]
    if (posix.dirname(folder) === folder) return []
  }
}
