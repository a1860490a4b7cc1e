import { ts } from 'ts-morph'
import { bindingsOf } from './bindings.ts'
import type { Sources } from './sources.ts'

/** The global names that files declare for everyone. */
export function ambientNames(paths: readonly string[], sources: Sources): Set<string> {
  return new Set(
    paths.flatMap((path) => {
      const file = sources.parse(path)
      if (!file) return []
      const own = ts.isExternalModule(file) ? [] : bindingsOf(file).declared.keys()
      return [...own, ...file.statements.flatMap(declaredGlobally)]
    }),
  )
}

/** `declare global { … }` */
function declaredGlobally(statement: ts.Statement): string[] {
  if (!ts.isModuleDeclaration(statement) || !(statement.flags & ts.NodeFlags.GlobalAugmentation)) {
    return []
  }
  const { body } = statement
  if (!body || !ts.isModuleBlock(body)) return []
  return body.statements.flatMap((inner) => {
    if (ts.isVariableStatement(inner)) {
      return inner.declarationList.declarations.flatMap(({ name }) =>
        ts.isIdentifier(name) ? [name.text] : [],
      )
    }
    const name = ts.isDeclarationStatement(inner) ? inner.name : undefined
    return name && ts.isIdentifier(name) ? [name.text] : []
  })
}

/** `declare module './order.js'` adds to what a source declares, from somewhere else. */
export function augmentsSources(
  paths: readonly string[],
  sources: Sources,
  isOwn: (path: string) => boolean,
): boolean {
  return paths.some((path) => {
    const text = sources.read(path) ?? ''
    return [...text.matchAll(/\bdeclare\s+module\s+["']([^"'\n]+)/g)].some(([, name = '']) => {
      const target = sources.resolveText(name, path)
      return target !== undefined && isOwn(target)
    })
  })
}
