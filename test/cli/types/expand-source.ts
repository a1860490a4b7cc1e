import { Project, ts } from 'ts-morph'
import type { Diagnostic } from '../../../src/cli/diagnostics.ts'
import type { NamedType, TypeModel } from '../../../src/cli/model.ts'
import { namedTypeText, typeText } from '../../../src/cli/render/typescript-text.ts'
import { mapReferences } from '../../../src/cli/scan/map-references.ts'
import { nameTypes, renaming } from '../../../src/cli/scan/name-types.ts'
import { globalsBut } from '../../../src/cli/scan/known-globals.ts'
import { lazyCode } from '../../../src/cli/scan/code.ts'
import { createTypeExpander } from '../../../src/cli/scan/types/expand.ts'
import { NamedTypes } from '../../../src/cli/scan/types/named-types.ts'
import { WrittenTypes } from '../../../src/cli/scan/types/written-types.ts'

export interface Expanded {
  /** One for each file that was asked for. */
  models: TypeModel[]
  model: TypeModel
  types: NamedType[]
  diagnostics: Diagnostic[]
  /** The named types and then the first type itself, as generated code has them. */
  text: string
}

/** One program for many small sources: parsing the standard library is what takes time. */
export class Sources {
  readonly #project: Project
  #count = 0

  constructor(options: ts.CompilerOptions = {}) {
    this.#project = new Project({
      useInMemoryFileSystem: true,
      compilerOptions: {
        strict: true,
        target: ts.ScriptTarget.ES2023,
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
        module: ts.ModuleKind.ESNext,
        moduleResolution: ts.ModuleResolutionKind.Bundler,
        ...options,
      },
    })
  }

  /** Adds a file and returns its name. Add all before expanding: each new one costs a program. */
  add(source: string, name = `case-${(this.#count += 1)}.ts`): string {
    this.#project.createSourceFile(`/${name}`, source)
    return name
  }

  /** Expands the type of `payload` in each of the files, in order. */
  expand(
    names: readonly string[],
    reservedNames: readonly string[] = [],
    subject?: string,
  ): Expanded {
    const program = this.#project.getProgram().compilerObject
    const checker = program.getTypeChecker()
    const code = lazyCode(
      () => program,
      () => undefined,
    )
    const expander = createTypeExpander(code, '/')
    const expanded = names.map((name) => {
      const file = this.#project.getSourceFileOrThrow(`/${name}`)
      const declaration = file.getVariableDeclarationOrThrow('payload').compilerNode
      const type = checker.getTypeAtLocation(declaration.name)
      return expander.expand(type, declaration.type ?? declaration, subject)
    })
    const entries = expander.types
    const { names: finalNames, types } = nameTypes([entries], reservedNames)
    const rename = renaming(entries, finalNames[0] ?? [])
    const models = expanded.map((it) => mapReferences(it, rename))
    const [model] = models
    if (model === undefined) throw new Error('nothing to expand')
    const text = [...types.map(namedTypeText), typeText(model)].join('\n')
    return { models, model, types, diagnostics: expander.diagnostics, text }
  }

  /** What the text alone says of the type of `payload`; null when that is not all. */
  written(name: string): Pick<Expanded, 'model' | 'types'> | null {
    // Comments are found by way of a node's parents, which the scan's own files know from the start.
    this.#project.getTypeChecker().compilerObject.getAmbientModules()
    const file = this.#project.getSourceFileOrThrow(`/${name}`)
    const { type } = file.getVariableDeclarationOrThrow('payload').compilerNode
    const named = new NamedTypes()
    const own = {
      parse: () => file.compilerNode,
      resolve: () => undefined,
      isOwn: () => true,
      typesFile: '/none.ts',
    }
    const names = { own, globals: globalsBut(new Set()) }
    const model = type && new WrittenTypes('/', names, named).expand(type)
    if (!model && named.list().length > 0) throw new Error('what was given up is still there')
    if (!model) return null
    const entries = named.list()
    const { names: finalNames, types } = nameTypes([entries], [])
    return { model: mapReferences(model, renaming(entries, finalNames[0] ?? [])), types }
  }

  /** What the compiler says of a file. */
  errorsIn(name: string): string[] {
    return this.#project
      .getSourceFileOrThrow(`/${name}`)
      .getPreEmitDiagnostics()
      .map((it) => ts.flattenDiagnosticMessageText(it.compilerObject.messageText, ' '))
  }
}
