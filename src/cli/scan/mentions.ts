import { ts } from 'ts-morph'
import { bindingsOf } from './bindings.ts'
import { soughtFunctions, type SoughtFunction } from './find-calls.ts'

/** A call that looks like one of a generated function. */
export interface Mention {
  call: ts.CallExpression
  /** Inside a function or a block. */
  isNested: boolean
}

export interface Mentions {
  calls: Mention[]
  /**
   * The function is also passed on in some way that its name does not show afterwards: as a value, under
   * another name, in an object.
   */
  isPassedOn: boolean
  /** Where one that wires is passed on so that no call of it can be told any more. */
  lost: ts.Node[]
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
  for (const [alias, { imported }] of imports) {
    const name = sought.get(imported)
    if (name) names.set(alias, name)
  }
  const isModule = (node: ts.Node) =>
    ts.isIdentifier(node) && imports.get(node.text)?.imported === '*'
  const mentions: Mentions = { calls: [], isPassedOn: false, lost: [] }
  let depth = 0
  // Below the last of them there is nothing to see: most of a file is bodies of functions.
  let left = names.size > sought.size ? Infinity : namesIn(file.text)
  const visit = (node: ts.Node, parent: ts.Node): void => {
    if (left === 0) return
    if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) {
      const name = names.get(node.text)
      if (name) look(name, node, parent)
      return
    }
    if (ts.isImportDeclaration(node)) {
      left -= namesIn(node.getText(file))
      return
    }
    if (ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.Const)) {
      for (const { initializer } of node.declarations) {
        const name = initializer && ts.isIdentifier(initializer) && names.get(initializer.text)
        if (name && name !== 'pikkuSessionlessFunc') mentions.lost.push(initializer)
      }
    }
    // `module.name(…)` is called as a whole.
    const isCalled = ts.isCallExpression(parent) && parent.expression === node
    if (ts.isPropertyAccessExpression(node) && isCalled && isModule(node.expression)) {
      if (sought.has(node.name.text)) {
        left -= 1
        mentions.calls.push({ call: parent, isNested: depth > 0 })
      }
      return
    }
    const isScope = ts.isFunctionLike(node) || ts.isBlock(node) || ts.isModuleBlock(node)
    if (isScope) depth += 1
    ts.forEachChild(node, (child) => {
      visit(child, node)
    })
    if (isScope) depth -= 1
  }
  const look = (name: SoughtFunction, node: ts.Node, parent: ts.Node) => {
    left -= 1
    if (ts.isCallExpression(parent) && parent.expression === node && ts.isIdentifier(node)) {
      mentions.calls.push({ call: parent, isNested: depth > 0 })
    } else if (!isItsOwn(node, parent)) {
      mentions.isPassedOn = true
      if (name !== 'pikkuSessionlessFunc' && isLost(node, parent)) mentions.lost.push(node)
    }
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

/**
 * As an argument, in a variable, behind `.bind`: all but constants, constant objects and exports, which
 * are followed, and types, which call nothing.
 */
function isLost(node: ts.Node, parent: ts.Node): boolean {
  if (ts.isBinaryExpression(parent)) {
    return parent.right === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  }
  return (
    ts.isCallExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isReturnStatement(parent) ||
    ts.isArrowFunction(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isPropertyDeclaration(parent) ||
    (ts.isPropertyAccessExpression(parent) && parent.expression === node)
  )
}
