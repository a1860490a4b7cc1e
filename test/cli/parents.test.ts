import { describe, expect, it } from 'vitest'
import { ts } from 'ts-morph'
import { linkBodies, linkParents } from '../../src/cli/scan/parents.ts'

const text = `
/**
 * What it is. {@link Other}
 * @minimum 1
 * @param {Other<string>} a of it
 */
export interface Job<T> { /** @format email */ to: T; again(): void }
export const job = define<Job<string>>({ func: (a, { b = [1] }) => a + b })
export class Worker {
  static { prepare() }
  readonly name = \`a\${1}\`
  constructor(private readonly of: Job<string>) {}
  run() { for (const it of [1]) { this.of.again(it) } }
  get whole() { return () => 1 }
}
/** What it does. */
export default function (this: Worker) { const inner = { func() { return 1 } } /** The end. */ }
/** Behind all of it. */
`

const parse = (isLinked: boolean) =>
  ts.createSourceFile('jobs.ts', text, ts.ScriptTarget.Latest, isLinked)

describe('the parents of nodes', () => {
  it('are what the parser says, but inside of the bodies of functions', () => {
    const file = parse(false)
    linkParents(file)
    const { outside, inside } = split(ancestries(file))
    const expected = split(ancestries(parse(true)))
    expect(outside).toEqual(expected.outside)
    expect(expected.inside.length).toBeGreaterThan(20)
    expect(inside.every((it) => it.endsWith(': nothing'))).toBe(true)
  })

  it('are what the parser says everywhere, once somebody looks inside', () => {
    const file = parse(false)
    linkParents(file)
    linkBodies(file)
    expect(ancestries(file)).toEqual(ancestries(parse(true)))
  })
})

/** Of each node, comments included: where it is, what it is, and what its parent is said to be. */
function ancestries(file: ts.SourceFile): string[] {
  const found: string[] = []
  const visit = (node: ts.Node, way: string): void => {
    const here = `${way}/${ts.SyntaxKind[node.kind]}`
    found.push(`${here} ${node.pos}: ${described(node)}`)
    for (const doc of docsOf(node)) visit(doc, here)
    ts.forEachChild(node, (child) => {
      visit(child, here)
    })
  }
  ts.forEachChild(file, (child) => {
    visit(child, '')
  })
  return found
}

const described = ({ parent }: { parent?: ts.Node }): string =>
  parent ? `${ts.SyntaxKind[parent.kind]} ${parent.pos}` : 'nothing'

const docsOf = (node: ts.Node): ts.Node[] =>
  'jsDoc' in node && Array.isArray(node.jsDoc) ? [...(node.jsDoc as ts.Node[])] : []

function split(all: readonly string[]) {
  const isInside = (it: string) =>
    /(Constructor|Accessor|(Method|Function)Declaration|Function|FunctionExpression)\/Block\//.test(
      it,
    )
  return { inside: all.filter(isInside), outside: all.filter((it) => !isInside(it)) }
}
