import { ts } from 'ts-morph'
import { wontCompile, type Diagnostic } from '../diagnostics.ts'
import { locationIn } from '../parse-json.ts'
import { positionOf } from './edit-json.ts'
import type { TsconfigFile } from './tsconfig-file.ts'

const { ModuleKind, ModuleResolutionKind } = ts

/**
 * What keeps generated code from compiling: it is ES modules that import a package by its `exports`, which
 * is itself ES modules.
 * @param isModule does package.json say `"type": "module"`?
 * @param typescript major version; undefined for the newest
 */
export function checkModules(
  { path, text, options }: TsconfigFile,
  { isModule, typescript = Infinity }: { isModule: boolean; typescript?: number | undefined },
): Diagnostic[] {
  const place = (option: string) => {
    const position = positionOf(text, ['compilerOptions', option])
    return position === undefined ? undefined : locationIn(path, text, position)
  }
  const { module, moduleResolution, verbatimModuleSyntax } = options

  if (!readsExports(module, moduleResolution, typescript)) {
    const option = moduleResolution === undefined ? 'module' : 'moduleResolution'
    return [
      wontCompile(
        `with this "${option}" the compiler does not read the "exports" of packages`,
        'Set "module": "nodenext" and leave "moduleResolution" out; or, when a bundler builds the project, "module": "preserve".',
        place(option),
      ),
    ]
  }
  if (isModule || !isNodes(module)) return []
  if (module === ModuleKind.Node16 || module === ModuleKind.Node18) {
    return [
      wontCompile(
        'with this "module" a CommonJS project cannot import ES modules',
        'Set "module": "nodenext", or "type": "module" in package.json.',
        place('module'),
      ),
    ]
  }
  if (verbatimModuleSyntax !== true) return []
  return [
    wontCompile(
      'with "verbatimModuleSyntax" a CommonJS project has no import and export',
      'Set "type": "module" in package.json, or "verbatimModuleSyntax": false.',
      place('verbatimModuleSyntax'),
    ),
  ]
}

/** Does the format of a file follow from package.json? */
const isNodes = (module: ts.ModuleKind | undefined): boolean =>
  module !== undefined && module >= ModuleKind.Node16 && module <= ModuleKind.NodeNext

function readsExports(
  module: ts.ModuleKind | undefined,
  resolution: ts.ModuleResolutionKind | undefined,
  typescript: number,
): boolean {
  if (resolution !== undefined) {
    const { Node16, NodeNext, Bundler } = ModuleResolutionKind
    return [Node16, NodeNext, Bundler].some((kind) => kind === resolution)
  }
  if (isNodes(module) || module === ModuleKind.Preserve) return true
  // What is the default for all others: "bundler" from TypeScript 6 on.
  return typescript >= 6
}
