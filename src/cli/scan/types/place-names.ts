import { ts } from 'ts-morph'
import { capitalize } from './naming.ts'
import { typeArgumentsIn, type Site } from './site.ts'

/**
 * The name for a type that has none, and is met again inside of itself: of the schema that it is taken from,
 * else of the property that it is met again in, which is the same wherever the type is.
 * @param outer where the type is
 * @param inner where it is met again
 */
export function nameOfPlace(outer: Site, inner: Site): string {
  const schema = schemaAt(outer)
  if (schema) return capitalize(schema.replace(/(?<=.)_?schema$/i, ''))
  return lastName(inner.path) ?? 'Payload'
}

/** `z.infer<typeof CatSchema>`, and `input: CatSchema` */
function schemaAt({ written, node, path }: Site): string | undefined {
  if (path === '' && ts.isIdentifier(node)) return node.text
  const [taken] = written ? typeArgumentsIn(written.node) : []
  const isNamed = taken && ts.isTypeQueryNode(taken) && ts.isIdentifier(taken.exprName)
  return isNamed ? ts.idText(taken.exprName) : undefined
}

/** `order.lines[].children` → `Children`. */
function lastName(path: string): string | undefined {
  const [last] = path.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*(?=[^\p{ID_Continue}]*$)/u) ?? []
  return last && capitalize(last)
}
