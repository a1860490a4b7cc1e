import { posix } from 'node:path'
import { ts } from 'ts-morph'
import { calledUnknown, notImported, passedOn, type Diagnostic } from '../diagnostics.ts'
import type { QueueModel } from '../model.ts'
import { bindingsOf } from './bindings.ts'
import { circularTypes } from './circular-types.ts'
import type { Code } from './code.ts'
import type { CallFinder, FoundCall } from './find-calls.ts'
import { locate, modelPath } from './locate.ts'
import type { Lost } from './lost-calls.ts'
import { mentionsIn } from './mentions.ts'
import type { WrittenFunction } from './reach.ts'
import type { ContractSide } from './read-function.ts'
import { readWiring } from './read-wiring.ts'
import { hashesOf, type Sources } from './sources.ts'
import { symbolOf } from './symbols.ts'
import { syntaxErrors } from './syntax-errors.ts'
import { createTypeExpander } from './types/expand.ts'
import { NamedTypes } from './types/named-types.ts'
import { WrittenTypes, type TypeNames } from './types/written-types.ts'
import type { Unit } from './unit.ts'
import type { UnitProject } from './unit-project.ts'
import { unresolvedImports } from './unresolved-imports.ts'

export interface UnitProgram extends UnitProject {
  code: Code
  calls: CallFinder
}

/** What is known of a file before the compiler is asked. */
export interface UnitSyntax {
  /** Calls of the generated functions. */
  calls: Iterable<FoundCall>
  /** All that it depends on; absolute. */
  files: ReadonlySet<string>
  /** Where the syntax shows how a function is made, by the expressions that lead there. */
  functions?: ReadonlyMap<ts.Expression, WrittenFunction>
  /** The names that types may be read by as they are written. */
  names?: TypeNames
  /** Where something may be wired in a way that cannot be followed; where syntax tells all, nothing is. */
  findLost?: () => readonly Lost[]
}

/** Reads the wirings of one file. */
export function scanUnit(
  context: UnitProgram,
  file: ts.SourceFile,
  { calls, files, functions = new Map(), names, findLost = () => [] }: UnitSyntax,
): Unit {
  const { root, code, sources } = context
  const broken = [...files].flatMap((path) => syntaxErrors(root, sources.parse(path)))
  if (broken.length > 0) {
    return unitOf(context, file.fileName, files, { isBroken: true, diagnostics: broken })
  }
  const named = new NamedTypes()
  const expander = createTypeExpander(code, root, named)
  const written = names && new WrittenTypes(root, names, named)
  const diagnostics = unresolvedImports(context, file)
  const reading = {
    root,
    code,
    resolve: sources.resolve,
    calls: context.calls,
    functions,
    expand: (side: ContractSide, subject: string) =>
      (side.written && written?.expand(side.written)) ??
      expander.expand(side.type(), side.node, subject),
    report: (diagnostic: Diagnostic) => void diagnostics.push(diagnostic),
  }
  for (const { node, isCalled } of findLost()) {
    const tell = isCalled ? calledUnknown : passedOn
    diagnostics.push(tell(node.getText(file), locate(root, node)))
  }
  for (const name of unknownNames(code, file)) {
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
function unknownNames(code: Code, file: ts.SourceFile): ts.Identifier[] {
  const { declared, imports } = bindingsOf(file)
  return mentionsIn(file)
    .calls.map(({ call }) => call.expression)
    .filter(ts.isIdentifier)
    .filter(({ text }) => text === 'wireQueueWorker' || text === 'addTagMiddleware')
    .filter(({ text }) => !declared.has(text) && !imports.has(text))
    .filter((name) => !symbolOf(code, name))
}

/** What there is to say of the services alone. */
export function servicesUnit(context: UnitProgram, files: ReadonlySet<string>): Unit {
  const { code, typesFile, services } = context
  const file = code.program.getSourceFile(typesFile)
  const diagnostics = file ? circularTypes(code.program, file, services.locations) : []
  return unitOf(context, typesFile, files, { diagnostics })
}

function unitOf(
  { root, sources, isGenerated }: UnitProgram,
  path: string,
  files: ReadonlySet<string>,
  found: Partial<Unit>,
): Unit {
  const own = [...files].filter((it) => !isGenerated(it))
  const manifests = own.flatMap((it) => (isBelow(root, it) ? [] : manifestsOf(root, sources, it)))
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

const isBelow = (folder: string, path: string): boolean => path.startsWith(`${folder}/`)

/**
 * What says where imports of a neighbouring package lead to, and how its files are read: every package.json
 * on the way to the folder that has the project, too.
 */
function manifestsOf(root: string, sources: Sources, path: string): string[] {
  const found: string[] = []
  for (let folder = posix.dirname(path); ; folder = posix.dirname(folder)) {
    if (found.length > 0 && isBelow(folder, root)) return found
    const manifest = posix.join(folder, 'package.json')
    if (sources.read(manifest) !== undefined) found.push(manifest)
    if (posix.dirname(folder) === folder) return found
  }
}
