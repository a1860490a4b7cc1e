import { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'
import { hasDocComment, unseenTags } from './unseen-tags.ts'

/** What types are read from that are made of their text alone; see `WrittenTypes`. */

const { SyntaxKind } = ts

const keywords = new Map<ts.SyntaxKind, TypeModel>([
  [SyntaxKind.StringKeyword, { kind: 'string' }],
  [SyntaxKind.NumberKeyword, { kind: 'number' }],
  [SyntaxKind.BooleanKeyword, { kind: 'boolean' }],
  [SyntaxKind.UnknownKeyword, { kind: 'unknown' }],
  [SyntaxKind.VoidKeyword, { kind: 'void' }],
  [SyntaxKind.UndefinedKeyword, { kind: 'undefined' }],
  [SyntaxKind.BigIntKeyword, { kind: 'carried', type: 'bigint' }],
])

/** A keyword or a literal; null for all others. */
export function literalModel(node: ts.TypeNode): TypeModel | null {
  const keyword = keywords.get(node.kind)
  if (keyword) return { ...keyword }
  if (!ts.isLiteralTypeNode(node)) return null
  const { literal } = node
  if (literal.kind === SyntaxKind.NullKeyword) return { kind: 'null' }
  if (literal.kind === SyntaxKind.TrueKeyword) return { kind: 'literal', value: true }
  if (literal.kind === SyntaxKind.FalseKeyword) return { kind: 'literal', value: false }
  if (ts.isStringLiteral(literal)) return { kind: 'literal', value: literal.text }
  const value = ts.isNumericLiteral(literal) ? Number(literal.text) : NaN
  return Number.isFinite(value) ? { kind: 'literal', value } : null
}

export const isAbsent = ({ kind }: TypeModel): boolean => kind === 'null' || kind === 'undefined'

/**
 * Whether the members of a union are each a member of its own, which JSON can tell apart: literals and
 * keywords, or one type of another kind; and either of `null` and `undefined`.
 */
export function areApart(members: readonly TypeModel[]): boolean {
  const present = members.filter((member) => !isAbsent(member))
  if (members.length - present.length > 1) return false
  const [only] = present
  if (present.length === 1 && only) return !['unknown', 'void', 'union'].includes(only.kind)
  const forms = present.map(simpleForm)
  const isLone = (index: number) => forms.indexOf(forms[index]) === forms.lastIndexOf(forms[index])
  const areDistinct = new Set(present.map((it) => JSON.stringify(it))).size === present.length
  // `'a' | string` is a string, and `true | false` a boolean.
  return present.every((member, index) => {
    const form = forms[index]
    const isOneOfMany = member.kind === 'literal' && form !== 'boolean' && areDistinct
    return form !== undefined && (isOneOfMany || isLone(index))
  })
}

function simpleForm(member: TypeModel): string | undefined {
  if (member.kind === 'literal') return typeof member.value
  return ['string', 'number', 'boolean'].includes(member.kind) ? member.kind : undefined
}

/**
 * What the comment of a declaration says; null where it says more than words, such as tags. Nothing where
 * there is none.
 */
export function writtenDescription(node: ts.Declaration): { description?: string } | null {
  if (!hasDocComment(node)) return {}
  if (unseenTags(node).length > 0) return null
  const [comment, another] = ts.getJSDocCommentsAndTags(node)
  if (!comment) return {}
  if (another || !ts.isJSDoc(comment) || comment.tags) return null
  if (typeof comment.comment === 'object') return null
  const description = comment.comment?.trim() ?? ''
  return description === '' ? {} : { description }
}
