import { ts } from 'ts-morph'
import { isMark } from './constraints.ts'
import { writtenType } from './written-bindings.ts'

/**
 * The constraints and marks in comments that belong to nothing for the compiler: one that begins on the line of
 * what comes before the declaration, as in `{ /** @format email *\/ to: string }`, one inside of its type,
 * and one behind its last member.
 */
export function unseenTags(declaration: ts.Declaration): string[] {
  if (!hasDocComment(declaration)) return []
  const { text } = declaration.getSourceFile()
  const comments = ts.getTrailingCommentRanges(text, declaration.pos) ?? []
  const own = comments.length === 0 ? [] : ts.getJSDocCommentsAndTags(declaration)
  const seen = new Set(own.map(({ pos }) => pos))
  const before = comments
    .filter(({ pos }) => !seen.has(pos))
    .flatMap(({ pos, end }) => tagsIn(text.slice(pos, end)))
  return [...before, ...tagsInside(declaration)]
}

function tagsInside(declaration: ts.Declaration): string[] {
  if (ts.isInterfaceDeclaration(declaration) || ts.isClassLike(declaration)) {
    const { members, end } = declaration
    return tagsIn(declaration.getSourceFile().text.slice(members.end, end))
  }
  const isTyped = ts.isTypeAliasDeclaration(declaration) || ts.isNamedTupleMember(declaration)
  const type = isTyped ? declaration.type : writtenType(declaration)
  return type ? unseenTagsIn(type) : []
}

/** As `unseenTags`, of a type without a declaration. */
export function unseenTagsIn(type: ts.TypeNode): string[] {
  if (!hasDocComment(type)) return []
  const { text } = type.getSourceFile()
  const found: string[] = []
  let from = type.pos
  const skip = (node: ts.Node): void => {
    // Members are declarations themselves; in a text, comments are none.
    const isMember = ts.isTypeElement(node) || ts.isNamedTupleMember(node)
    if (isMember || ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node)) {
      found.push(...tagsIn(text.slice(from, isMember ? node.pos : node.getStart())))
      from = node.end
    } else ts.forEachChild(node, skip)
  }
  skip(type)
  return [...found, ...tagsIn(text.slice(from, type.end))]
}

/** Those in the comments of a text that has no literals. */
function tagsIn(text: string): string[] {
  return [...text.matchAll(/\/\/.*|\/\*[^]*?\*\//g)]
    .filter(([comment]) => comment.startsWith('/**'))
    .flatMap(([comment]) => [...comment.matchAll(/(?<=[\s*])@(\w+)/g)])
    .map(([, name = '']) => name)
    .filter(isMark)
}

/** Before it or inside of it; most have none. */
export function hasDocComment(node: ts.Node): boolean {
  return node.getSourceFile().text.slice(node.pos, node.end).includes('/**')
}
