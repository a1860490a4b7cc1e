import type { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'

/** The type, marked when the tags of its property, alias or interface have `@sensitive`. */
export function markSensitive(type: TypeModel, tags: readonly ts.JSDocTagInfo[]): TypeModel {
  return tags.some(({ name }) => name === 'sensitive') ? { ...type, sensitive: true } : type
}
