import { ts } from 'ts-morph'
import { bindingsOf } from './bindings.ts'
import { forEachChild } from './children.ts'
import { soughtFunctions, type SoughtFunction } from './find-calls.ts'
import { linkBodies } from './parents.ts'
import { namesGivenTo } from './passed-on.ts'

/** A call that looks like one of a generated function. */
export interface Mention {
  call: ts.CallExpression
  /** Inside a function or a block. */
  isNested: boolean
}

export interface Mentions {
  calls: Mention[]
  /**
   * The function, or the module that it is of, is also passed on in some way that its name does not show
   * afterwards: as a value, under another name, in an object.
   */
  isPassedOn: boolean
  /** What it is called there. */
  aliases: ReadonlySet<string>
}

const sought: ReadonlyMap<string, SoughtFunction> = new Map(soughtFunctions.map((it) => [it, it]))
const known = new WeakMap<ts.SourceFile, Mentions>()

/**
 * Where a file has the names of the generated functions. As long as no file passes one on, every call
 * of one is a call of its name, or of the name that the file's own import gives it.
 */
export function mentionsIn(file: ts.SourceFile): Mentions {
  let mentions = known.get(file)
  if (!mentions) known.set(file, (mentions = read(file)))
  return mentions
}

function read(file: ts.SourceFile): Mentions {
  const { imports } = bindingsOf(file)
  const names = new Map(sought)
  /** The generated module as a whole. */
  const modules = new Set<string>()
  for (const [alias, { imported, specifier }] of imports) {
    const name = sought.get(imported)
    if (name) names.set(alias, name)
    if (imported === '*' && specifier.text.includes('pikku-types.gen')) modules.add(alias)
  }
  const isModule = (node: ts.Node) =>
    ts.isIdentifier(node) && imports.get(node.text)?.imported === '*'
  const aliases = new Set<string>()
  const mentions = { calls: new Array<Mention>(), isPassedOn: false, aliases }
  let depth = 0
  // Below the last of them there is nothing to see: most of a file is bodies of functions.
  const isCounted = names.size === sought.size && modules.size === 0
  let left = isCounted ? namesIn(file.text) : Infinity
  const visit = (node: ts.Node, parent: ts.Node): void => {
    if (left === 0) return
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) {
      if (names.has(node.text)) look(node, parent)
      else if (modules.has(node.text) && !isAsked(node, parent)) passOn(node)
      return
    }
    if (ts.isImportDeclaration(node)) {
      left -= namesIn(node.getText(file))
      return
    }
    // `module.name(…)` is called as a whole.
    const isCalled = ts.isCallExpression(parent) && parent.expression === node
    if (ts.isPropertyAccessExpression(node) && isCalled && isModule(node.expression)) {
      if (sought.has(node.name.text)) {
        left -= 1
        take(parent)
      }
      return
    }
    const isScope = ts.isFunctionLike(node) || ts.isBlock(node) || ts.isModuleBlock(node)
    if (isScope) depth += 1
    forEachChild(node, (child) => {
      visit(child, node)
    })
    if (isScope) depth -= 1
  }
  const look = (node: ts.Identifier | ts.StringLiteralLike, parent: ts.Node) => {
    left -= 1
    if (ts.isCallExpression(parent) && parent.expression === node && ts.isIdentifier(node)) {
      take(parent)
    } else if (!isItsOwn(node, parent)) passOn(node)
  }
  const take = (call: ts.CallExpression) => {
    if (depth > 0) linkBodies(file)
    mentions.calls.push({ call, isNested: depth > 0 })
  }
  const passOn = (node: ts.Identifier | ts.StringLiteralLike) => {
    linkBodies(file)
    mentions.isPassedOn = true
    aliases.add(node.text)
    for (const name of namesGivenTo(node)) aliases.add(name)
  }
  ts.forEachChild(file, (child) => {
    visit(child, file)
  })
  return mentions
}

/** How often the text has one of the names, wherever. */
const namesIn = (text: string): number => text.match(anyName)?.length ?? 0
const anyName = new RegExp(soughtFunctions.join('|'), 'g')

/** A re-export by the same name, or a function of the project's own that happens to be called so. */
function isItsOwn(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isExportSpecifier(parent)) {
    return parent.propertyName === undefined && sought.has(parent.name.text)
  }
  return ts.isFunctionDeclaration(parent) && parent.name === node
}

/** A module that is but asked for a member, or for its type. */
const isAsked = (node: ts.Node, parent: ts.Node): boolean =>
  (ts.isPropertyAccessExpression(parent) && parent.expression === node) ||
  ts.isTypeQueryNode(parent) ||
  ts.isQualifiedName(parent)
