import type { ts } from 'ts-morph'
import type { TypeModel } from '../../model.ts'
import type { Problem } from './problems.ts'
import type { Site } from './site.ts'
import type { Tag } from './tags.ts'
import type { Written } from './written-bindings.ts'

/** What the parts of the expander share. */
export interface Context {
  readonly checker: ts.TypeChecker
  /** Whether the project tells what is undefined from what is left out. */
  readonly isExact: boolean
  expand(type: ts.Type, site: Site): TypeModel
  /** Reports the problem; `unknown` stands in for the type. */
  refuse(problem: Problem, site: Site): TypeModel
  report(problem: Problem, site: Site): void
  /** The type with what the tags say of it; reports those that cannot be. */
  describe(type: TypeModel, tags: readonly Tag[], site: Site): TypeModel
  /** Reports the constraints in a declaration's comments that belong to nothing. */
  reportUnseen(declaration: ts.Declaration | undefined, site: Site): void
  /** Whether a type is written as an alias that is its name. */
  isNamedAs(written: Written | undefined, type: ts.Type): boolean
  /** Looks, once all types are known, whether the members can be told apart as JSON. */
  checkUnion(union: TypeModel, site: Site): void
}
