import { ts } from 'ts-morph'

/** A tag of a JSDoc comment, and what stands behind it. */
export interface Tag {
  name: string
  text: string
}

/**
 * The tags of a symbol, or those it inherits. The compiler ends a tag at any ` @` on its line; a regular
 * expression goes on.
 */
export function tagsOf(symbol: ts.Symbol, checker: ts.TypeChecker): Tag[] {
  const tags = symbol.getJsDocTags(checker)
  if (tags.length === 0) return []
  const lines = (symbol.declarations ?? []).flatMap(patternLines)
  return tags.map(({ name, text }) => toTag(name, ts.displayPartsToString(text), lines))
}

/** The tags of what is no symbol: an element of a tuple, an index signature. */
export function tagsOfMember(member: ts.Declaration | undefined): Tag[] {
  if (!member) return []
  const lines = patternLines(member)
  return ts
    .getJSDocTags(member)
    .map(({ tagName, comment }) =>
      toTag(tagName.text, ts.getTextOfJSDocComment(comment) ?? '', lines),
    )
}

/** @param patterns the lines of patterns as they are written. */
function toTag(name: string, text: string, patterns: readonly string[]): Tag {
  const [line = ''] = text.trim().split('\n', 1)
  if (name !== 'pattern') return { name, text: line }
  return { name, text: patterns.find((whole) => whole.startsWith(line)) ?? line }
}

function patternLines(declaration: ts.Node): string[] {
  const { text } = declaration.getSourceFile()
  return ts.getJSDocTags(declaration).flatMap(({ tagName, parent }) => {
    if (tagName.text !== 'pattern') return []
    const [line = ''] = text.slice(tagName.end, parent.end).split(/\r?\n|\*\/$/, 1)
    return [line.trim()]
  })
}
