import type { TypeModel } from '../../model.ts'
import type { Tag } from './tags.ts'

/** The type, marked when the tags of its property, alias or interface have `@sensitive`. */
export function markSensitive(type: TypeModel, tags: readonly Tag[]): TypeModel {
  return tags.some(({ name }) => name === 'sensitive') ? { ...type, sensitive: true } : type
}
