import { ts } from 'ts-morph'

/**
 * The way up from the nodes of a file. The parser gives it to all of them or to none, in one more walk. Most
 * of a project is bodies of functions, and most of those nobody looks into: they get it once somebody does.
 */

/** Files whose nodes all have it. */
const linked = new WeakSet<ts.SourceFile>()

/** For all nodes but those inside of functions' bodies. */
export function linkParents(file: ts.SourceFile): void {
  if (!link(file, false)) linked.add(file)
}

/** For those inside of functions' bodies, too: for whoever looks into them without a checker. */
export function linkBodies(file: ts.SourceFile): void {
  if (linked.has(file)) return
  linked.add(file)
  link(file, true)
}

/** @returns whether it has bodies */
function link(file: ts.SourceFile, isWhole: boolean): boolean {
  const hasDocs = file.text.includes('/**')
  let hasBodies = false
  let parent: ts.Node = file
  // Not by recursion: a long `a + b + c + …` is deep.
  const pending: ts.Node[] = []
  const visit = (node: ts.Node): void => {
    const own: { parent: ts.Node } = node
    own.parent = parent
    if (ts.isBlock(node) && ts.isFunctionLike(parent)) {
      hasBodies = true
      if (!isWhole) return
    }
    pending.push(node)
  }
  for (let node: ts.Node | undefined = file; node; node = pending.pop()) {
    parent = node
    if (hasDocs && isDocumented(node)) node.jsDoc.forEach(visit)
    ts.forEachChild(node, visit)
  }
  return hasBodies
}

/** The parser leaves comments there; the public way to them needs their parents. */
const isDocumented = (node: ts.Node): node is ts.Node & { jsDoc: readonly ts.Node[] } =>
  'jsDoc' in node && Array.isArray(node.jsDoc)
