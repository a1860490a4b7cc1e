import { join } from 'node:path'
import { ts } from 'ts-morph'
import { syntaxError, type Diagnostic } from '../diagnostics.ts'
import type { Location, ProjectModel, QueueModel } from '../model.ts'
import { reservedNames } from '../reserved-names.ts'
import { CallFinder, type SoughtFunction } from './find-calls.ts'
import { findServices } from './find-services.ts'
import { locationAt, modelPath } from './locate.ts'
import { openProject } from './open-project.ts'
import { overlayText, typesFile } from './overlay.ts'
import { readWiring } from './read-wiring.ts'
import { createTypeExpander } from './types/expand.ts'

const wirings: ReadonlySet<SoughtFunction> = new Set(['wireQueueWorker', 'addTagMiddleware'])

/**
 * Reads the project's sources, statically, into a model. Paths are relative to `root`.
 * @returns no model when the sources cannot be read at all: no tsconfig, or broken syntax.
 */
export function scanProject(options: { root: string; tsconfig: string; outDir: string }): {
  model: ProjectModel | null
  diagnostics: Diagnostic[]
} {
  const { root, outDir } = options
  const opened = openProject(root, options.tsconfig)
  if (opened.project === null) return { model: null, diagnostics: opened.diagnostics }

  const isGenerated = (file: ts.SourceFile) =>
    isGeneratedFile(outDir, modelPath(root, file.fileName))
  const files = opened.project.files.filter((file) => !isGenerated(file))
  const { services, diagnostics } = findServices(root, files)

  const overlayPath = join(root, outDir, typesFile)
  const checked = opened.project.check({ path: overlayPath, text: overlayText(services, outDir) })
  const { program } = checked
  if (program === null) return { model: null, diagnostics: checked.diagnostics }
  const overlay = program.getSourceFile(overlayPath)
  if (overlay === undefined) throw new Error(`the program has no ${typesFile}`)
  // With what the project's files import from outside its tsconfig: a neighbouring package, say.
  const sources = program
    .getSourceFiles()
    .filter((file) => !file.isDeclarationFile && !program.isSourceFileFromExternalLibrary(file))
    .filter((file) => !isGenerated(file) && file !== overlay)

  const broken = sources.flatMap((file) => syntaxErrors(root, program, file))
  if (broken.length > 0) return { model: null, diagnostics: broken }

  const checker = program.getTypeChecker()
  const calls = new CallFinder(checker, overlay)
  const expander = createTypeExpander(checker, { root, reservedNames })
  const context = {
    root,
    checker,
    calls,
    expand: ({ type, node }: { type: ts.Type; node: ts.Node }) => expander.expand(type, node),
    report: (diagnostic: Diagnostic) => void diagnostics.push(diagnostic),
  }
  const queues: QueueModel[] = []
  const wiringFiles = new Set<string>()
  for (const file of sources) {
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
  }
}

function isGeneratedFile(outDir: string, path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const folder = path.slice(0, -name.length - 1) || '.'
  return folder === outDir && /^pikku-(types|queue|worker\.[\w-]+)\.gen\.ts$/.test(name)
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
