import { ts } from 'ts-morph'
import type { Code } from './code.ts'
import { isRequire, requiredSpecifier } from './commonjs.ts'

/** What `module.exports` and `export =` go by. */
export const wholeModule = 'export='

/** What the module exports by a name, when that is what the expression is. */
export function exportOf(
  code: Code,
  expression: ts.Expression,
  name: string,
): ts.Symbol | undefined {
  const specifier = isRequire(expression) ? requiredSpecifier(expression) : null
  const file = specifier ? code.required(specifier) : undefined
  const module = file && code.checker.getSymbolAtLocation(file)
  return name === wholeModule
    ? module?.exports?.get(ts.escapeLeadingUnderscores(name))
    : module && code.checker.tryGetMemberInModuleExports(name, module)
}
