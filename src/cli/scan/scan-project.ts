import { isAbsolute, join, relative } from 'node:path'
import { ts } from 'ts-morph'
import { outsideRootDir, syntaxError, type Diagnostic } from '../diagnostics.ts'
import { isGeneratedFile } from '../generated-files.ts'
import type { Location, ProjectModel, QueueModel } from '../model.ts'
import { reservedNames } from '../reserved-names.ts'
import { circularTypes } from './circular-types.ts'
import { CallFinder, type SoughtFunction } from './find-calls.ts'
import type { Imported } from './exports-of.ts'
import { findServices } from './find-services.ts'
import { locationAt, modelPath } from './locate.ts'
import { openProject } from './open-project.ts'
import { clientFile, clientText } from './overlay-client.ts'
import { overlayText, typesFile } from './overlay.ts'
import type { ContractSide } from './read-function.ts'
import { readWiring } from './read-wiring.ts'
import { createTypeExpander } from './types/expand.ts'
import { unresolvedImports } from './unresolved-imports.ts'

const wirings: ReadonlySet<SoughtFunction> = new Set(['wireQueueWorker', 'addTagMiddleware'])

export interface Scan {
  /** Null when the sources cannot be read at all: no tsconfig, or broken syntax. */
  model: ProjectModel | null
  diagnostics: Diagnostic[]
  /** What was read of the project itself, as it was read; paths are relative to the root. */
  texts: { path: string; text: string }[]
}

/** Reads the project's sources, statically, into a model. Paths are relative to `root`. */
export function scanProject(options: { root: string; tsconfig: string; outDir: string }): Scan {
  const { root, outDir } = options
  const opened = openProject(root, options.tsconfig)
  if (opened.project === null) return { model: null, diagnostics: opened.diagnostics, texts: [] }

  const { project } = opened
  const isGenerated = (file: ts.SourceFile) =>
    isGeneratedFile(outDir, modelPath(root, file.fileName))
  const files = project.files.filter((file) => !isGenerated(file))
  const imported: Imported = (specifier, from) => {
    const file = project.imported(specifier, from)
    return file && !isGenerated(file) ? file : null
  }
  const { services, locations, diagnostics } = findServices({ root, imported }, files)

  const { rootDir } = project.options
  if (rootDir !== undefined && isOutside(rootDir, join(root, outDir))) {
    diagnostics.push(outsideRootDir(outDir, modelPath(root, rootDir)))
  }

  const overlayPath = join(root, outDir, typesFile)
  const program = project.check([
    { path: overlayPath, text: overlayText(services, outDir) },
    { path: join(root, outDir, clientFile), text: clientText },
  ])
  const overlay = program.getSourceFile(overlayPath)
  if (overlay === undefined) throw new Error(`the program has no ${typesFile}`)
  // With what the project's files import from outside its tsconfig: a neighbouring package, say. The
  // packages of a workspace are linked into node_modules, but do not lie there.
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !isInstalled(file.fileName))
    .filter((file) => !isGenerated(file))

  const broken = sources.flatMap((file) => syntaxErrors(root, program, file))
  if (broken.length > 0) return { model: null, diagnostics: broken, texts: [] }

  diagnostics.push(...circularTypes(program, overlay, locations))
  const checker = program.getTypeChecker()
  const calls = new CallFinder(checker, overlay)
  const expander = createTypeExpander(checker, { root, reservedNames })
  const context = {
    root,
    program,
    checker,
    calls,
    expand: ({ type, node }: ContractSide, subject: string) => expander.expand(type, node, subject),
    report: (diagnostic: Diagnostic) => void diagnostics.push(diagnostic),
  }
  const queues: QueueModel[] = []
  const wiringFiles = new Set<string>()
  for (const file of sources) {
    diagnostics.push(...unresolvedImports({ root, outDir, checker }, file))
    for (const { name, call } of calls.callsOf(wirings, file)) {
      wiringFiles.add(modelPath(root, file.fileName))
      const queue = name === 'wireQueueWorker' ? readWiring(context, call) : null
      if (queue) queues.push(queue)
    }
  }
  const types = expander.namedTypes()
  return {
    model: {
      queues: queues.sort((a, b) => order(a.name, b.name) || orderOfPlaces(a.location, b.location)),
      services,
      wiringFiles: [...wiringFiles].sort(order),
      types,
    },
    diagnostics: [...diagnostics, ...expander.diagnostics],
    texts: [
      ...project.configFiles,
      ...program
        .getSourceFiles()
        .filter((file) => !isGenerated(file) && !isInstalled(file.fileName))
        .map(({ fileName, text }) => ({ path: modelPath(root, fileName), text })),
    ],
  }
}

const isInstalled = (fileName: string): boolean => fileName.includes('/node_modules/')

function isOutside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way.startsWith('..') || isAbsolute(way)
}

function syntaxErrors(root: string, program: ts.Program, file: ts.SourceFile): Diagnostic[] {
  return program.getSyntacticDiagnostics(file).map(({ messageText, start }) => {
    const reason = ts.flattenDiagnosticMessageText(messageText, ' ')
    return syntaxError(reason, locationAt(root, file, start))
  })
}

/** By code unit: the same on every machine, whatever its locale. */
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const orderOfPlaces = (a: Location, b: Location): number =>
  order(a.file, b.file) || a.line - b.line || a.column - b.column
