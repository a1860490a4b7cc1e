import { ts } from 'ts-morph'
import type { Diagnostic } from '../../diagnostics.ts'
import type { TypeModel } from '../../model.ts'
import type { Code } from '../code.ts'
import { locate } from '../locate.ts'
import { AmbiguityCheck } from './ambiguity.ts'
import { partsWithoutBrands } from './brands.ts'
import { constrain, isConstrainable, missingFrom, readConstraints } from './constraints.ts'
import type { Context } from './context.ts'
import { describeModel } from './describe-model.ts'
import { expandIntrinsic, unsupportedReason } from './intrinsics.ts'
import { arrayParts, expandArray, expandStandard, expandTuple, isTuple } from './lists.ts'
import { NamedTypes, type Reference, type TypeEntry } from './named-types.ts'
import { nameAsWritten, nameOfType } from './naming.ts'
import { Nesting } from './nesting.ts'
import { nameOfPlace } from './place-names.ts'
import { expandObject } from './objects.ts'
import {
  hasNoJsonForm,
  isAmbiguous,
  isTooDeep,
  lostConstraint,
  toDiagnostic,
  unseenConstraint,
  type Problem,
} from './problems.ts'
import { SaidConstraints } from './said-constraints.ts'
import { markSensitive } from './sensitive.ts'
import type { Site } from './site.ts'
import { standardType } from './standard-types.ts'
import { tagsOf, type Tag } from './tags.ts'
import { argumentsOf } from './type-arguments.ts'
import { expandUnion } from './unions.ts'
import { unseenTags, unseenTagsIn } from './unseen-tags.ts'
import { Variants } from './variants.ts'
import {
  bindInherited,
  bodyOfAlias,
  namedSymbol,
  type Bindings,
  type Written,
} from './written-bindings.ts'
import { isFollowed, meant } from './written.ts'

const maxDepth = 40

/** A type that doubles at every level has no end long before it is deep: so many places are below this. */
const wideDepth = 20
const maxDeepPlaces = 5000

/** Turns the types of payloads into models, and collects the named types they refer to. */
export interface TypeExpander {
  /**
   * The model of a type; references in it say the ids of `types`. What cannot travel becomes
   * `unknown` and a diagnostic.
   * @param node what diagnostics point at when the type is declared nowhere itself; best the type as
   *   it is written, when it is: unions keep its order then
   * @param subject what messages call the type: "the payload" unless given
   */
  expand(type: ts.Type, node: ts.Node, subject?: string): TypeModel
  /** Every type that a model refers to. Complete after the last `expand`. */
  readonly types: TypeEntry[]
  /** What is wrong with the types, so far; complete after the last `expand`. */
  readonly diagnostics: Diagnostic[]
}

/**
 * @param code is only asked when there is something to expand
 * @param root the folder that locations are relative to
 * @param named takes in the named types
 */
export function createTypeExpander(
  code: Pick<Code, 'checker' | 'program'>,
  root: string,
  named = new NamedTypes(),
): TypeExpander {
  return new Expander(code, root, named)
}

class Expander implements TypeExpander, Context {
  readonly #code: Pick<Code, 'checker' | 'program'>
  readonly #root: string
  readonly #named: NamedTypes
  #lazyVariants: Variants | undefined
  #lazySaid: SaidConstraints | undefined
  /** Types without a name that are being expanded: met again inside, they need one, unless another has. */
  #open = new Map<ts.Type, Site>()
  /** Generic types that are being expanded, from the outermost in. */
  #generic: readonly { declaration: ts.Declaration; name: string; site: Site }[] = []
  /** Whether the type that is being expanded was found to be too deep. */
  #isDeep = false
  /** How many places of it are deep down. */
  #deepPlaces = 0
  /** Types that are being expanded under the name of the alias that they are written as. */
  #aliased: ReadonlyMap<ts.Type, Reference> = new Map()
  readonly #nesting = new Nesting()
  readonly #reported = new Map<string, Diagnostic>()
  readonly #unions: { union: TypeModel; site: Site }[] = []

  constructor(code: Pick<Code, 'checker' | 'program'>, root: string, named: NamedTypes) {
    this.#code = code
    this.#root = root
    this.#named = named
  }

  get checker(): ts.TypeChecker {
    return this.#code.checker
  }

  get isExact(): boolean {
    return this.#code.program.getCompilerOptions().exactOptionalPropertyTypes ?? false
  }

  expand(type: ts.Type, at: ts.Node | Site, subject = 'the payload'): TypeModel {
    if (!('depth' in at)) {
      this.#isDeep = false
      this.#deepPlaces = 0
    }
    const place = 'depth' in at ? at : rootSite(at, subject)
    if (!('depth' in at) && place.written) {
      this.#reportTags(unseenTagsIn(place.written.node), place)
    }
    if (this.#isBeyond(place.depth)) return this.#refuseDeep(place)
    const site = { ...place, written: meant(this.checker, place.written, type) }
    const simple = expandIntrinsic(this, type, site) ?? this.#expandBranded(type, site)
    const model = simple ?? this.#expandComposite(type, site)
    const described = this.#describeAsWritten(model, type, site)
    this.#reportLost(described, type, site)
    if (!('depth' in at)) this.#nesting.finish()
    return described
  }

  get #said(): SaidConstraints {
    return (this.#lazySaid ??= new SaidConstraints(this.checker))
  }

  get #variants(): Variants {
    return (this.#lazyVariants ??= new Variants(this.checker))
  }

  get types(): TypeEntry[] {
    return this.#named.list()
  }

  get diagnostics(): Diagnostic[] {
    const check = new AmbiguityCheck((reference) => this.#named.bodyOf(reference))
    for (const { union, site } of this.#unions.splice(0)) {
      const found = check.find(union, site.leavable)
      if (!found) continue
      const [first, second] = [describeModel(found.first), describeModel(found.second)]
      this.report(isAmbiguous(first, second, found.how, found.path), site)
    }
    return [...this.#reported.values()]
  }

  report(problem: Problem, site: Site): void {
    const diagnostic = toDiagnostic(problem, site, locate(this.#root, site.node))
    this.#reported.set(JSON.stringify(diagnostic), diagnostic)
  }

  refuse(problem: Problem, site: Site): TypeModel {
    this.report(problem, site)
    return { kind: 'unknown' }
  }

  checkUnion(union: TypeModel, site: Site): void {
    this.#unions.push({ union, site })
  }

  isNamedAs(written: Written | undefined, type: ts.Type): boolean {
    return nameAsWritten(this.checker, type, written) !== undefined
  }

  /** Of what grows, and was refused, the rest is not looked at: there may be no end of it either. */
  #isBeyond(depth: number): boolean {
    if (depth > wideDepth) this.#deepPlaces += 1
    const isGrowing = this.#isDeep && (this.#generic.length > 0 || depth > wideDepth)
    return isGrowing || depth > maxDepth || this.#deepPlaces > maxDeepPlaces
  }

  /** Once a type, where it begins to grow: all that is in there grows too. */
  #refuseDeep(site: Site): TypeModel {
    const [growing] = this.#generic.filter(({ declaration }, index) => {
      return this.#generic.findIndex((it) => it.declaration === declaration) < index
    })
    const place = growing?.site ?? site
    if (this.#isDeep) return { kind: 'unknown' }
    this.#isDeep = true
    return this.refuse(isTooDeep(growing?.name), place)
  }

  /** `string & { __brand: 'Id' }` is a string, `string[] & Brand` an array: the brand is no data. */
  #expandBranded(type: ts.Type, site: Site): TypeModel | undefined {
    if (!type.isIntersection()) return undefined
    const data = type.types.filter((part) => !isPlainObject(this.checker, part))
    const [only] = data
    if (only === undefined) return this.#expandBrandedObject(type, site)
    if (data.length === 1) return this.expand(only, site)
    const text = this.checker.typeToString(type)
    return this.refuse(hasNoJsonForm(text, 'Use one of the types that it combines.'), site)
  }

  /** `User & Brand` is a user; of an object without a name the alias of both may be one. */
  #expandBrandedObject(type: ts.IntersectionType, site: Site): TypeModel | undefined {
    const [only, another] = partsWithoutBrands(this.checker, type)
    return only && !another && nameOfType(this.checker, only) ? this.expand(only, site) : undefined
  }

  #expandComposite(type: ts.Type, site: Site): TypeModel {
    const outer = this.#aliased.get(type)
    if (outer) return outer
    const alias = nameAsWritten(this.checker, type, site.written)
    const generic = alias ? undefined : this.#variants.find(type, site.written)
    const key = alias?.declaration ?? generic?.variant ?? type
    const known = this.#named.find(key)
    if (known) return known
    const name = alias ?? nameOfType(this.checker, type, generic?.names)
    if (name) {
      const declared = locate(this.#root, name.declaration)
      const reference = this.#named.enter(key, { ...name, declared })
      // Of types without arguments there are only so many; those with could be ever new ones.
      const depth = name.detail === '' ? 0 : site.depth
      const bindings = generic?.bindings ?? bindInherited(this.checker, name.declaration, new Map())
      const written = name.written && { node: name.written, bindings }
      const inner = { ...site, written, hidden: undefined, bindings, depth }
      this.reportUnseen(name.declaration, { ...site, node: name.declaration })
      const aliased = alias ? new Map(this.#aliased).set(type, reference) : this.#aliased
      const opened = { ...name, name: name.base, site }
      const all = name.detail === '' ? this.#generic : [...this.#generic, opened]
      this.#nesting.do(() => {
        const [open, generics, aliases] = [this.#open, this.#generic, this.#aliased]
        this.#open = new Map()
        this.#generic = all
        this.#aliased = aliased
        this.#named.complete(key, this.describe(this.#expandBody(type, inner), name.tags, inner))
        this.#open = open
        this.#generic = generics
        this.#aliased = aliases
      })
      return reference
    }
    // A union meets itself inside one of its members, which is what gets the name then.
    if (type.isUnion()) return this.#expandBody(type, site)
    const inner = { ...site, bindings: bindingsWithin(site.written) }
    const opened = this.#open.get(type)
    if (opened) {
      return this.#named.enter(type, {
        wanted: nameOfPlace(opened, site),
        declared: locate(this.#root, type.getSymbol()?.declarations?.[0] ?? site.node),
        detail: '',
      })
    }
    this.#open.set(type, site)
    const body = this.#expandBody(type, inner)
    this.#open.delete(type)
    // It was met again inside itself, and got a name there.
    const reference = this.#named.find(type)
    if (reference) this.#named.complete(type, body)
    return reference ?? body
  }

  #expandBody(type: ts.Type, site: Site): TypeModel {
    if (type.isUnion()) return expandUnion(this, type, site)
    const standard = standardType(type)
    if (standard) return expandStandard(this, type, standard, site)
    const array = arrayParts(this.checker, type)
    if (array) return expandArray(this, type, array, site)
    if (isTuple(this.checker, type)) return expandTuple(this, type, site)
    const unsupported = unsupportedReason(this.checker, type)
    if (unsupported) return this.refuse(unsupported, site)
    return expandObject(this, type, site)
  }

  /** `type Age = number` with tags: the checker only sees a number, the sources say more. */
  #describeAsWritten(model: TypeModel, type: ts.Type, site: Site): TypeModel {
    const written = meant(this.checker, site.written, type)
    if (!written || model.kind === 'undefined' || model.kind === 'null') return model
    let described = this.#describeByAlias(model, type, { ...site, written })
    for (const other of written.also ?? []) {
      described = this.#describeAsWritten(described, type, { ...site, written: other })
    }
    // `Order['amount']` is what the property says, too.
    for (const member of written.members ?? []) {
      described = this.describe(described, tagsOf(member, this.checker), site)
    }
    return described
  }

  /** Where it cannot be told which of the types it is that it is made of. */
  #reportLost(model: TypeModel, type: ts.Type, site: Site): void {
    // Most are, which is sooner known than what all that they are made of says.
    if (isFollowed(this.checker, site.written, type)) return
    const hidden = site.written ?? site.hidden
    const said = hidden ? this.#said.in(hidden) : new Set<string>()
    if (said.size === 0) return
    const isGeneric = model.kind === 'reference' && argumentsOf(this.checker, type).length > 0
    const isAsWritten = !isGeneric || this.#variants.find(type, site.written) !== undefined
    const missing = isAsWritten ? missingFrom(model, said) : [...said]
    const lost = missing.filter((tag) => !site.told?.has(tag))
    if (lost.length > 0) this.report(lostConstraint(lost.sort()), site)
  }

  reportUnseen(declaration: ts.Declaration | undefined, site: Site): void {
    if (declaration) this.#reportTags(unseenTags(declaration), site)
  }

  #reportTags(unseen: readonly string[], site: Site): void {
    if (unseen.length > 0) this.report(unseenConstraint(unseen), site)
  }

  #describeByAlias(model: TypeModel, type: ts.Type, site: Site & { written: Written }): TypeModel {
    const { written } = site
    if (!ts.isTypeReferenceNode(written.node) || model.kind === 'reference') return model
    const alias = namedSymbol(this.checker, written.node)
    const declaration = alias?.declarations?.find(ts.isTypeAliasDeclaration)
    if (!alias || !declaration) return model
    // First what the alias that it stands for says: the outer one may narrow that.
    const body = bodyOfAlias(this.checker, declaration, written)
    const inner = this.#describeAsWritten(model, type, { ...site, written: body })
    const tags = tagsOf(alias, this.checker)
    this.reportUnseen(declaration, site)
    return isConstrainable(model) ? this.describe(inner, tags, site) : markSensitive(inner, tags)
  }

  describe(model: TypeModel, tags: readonly Tag[], site: Site): TypeModel {
    const report = (problem: Problem): void => this.report(problem, site)
    return markSensitive(constrain(model, readConstraints(tags, report), report), tags)
  }
}

function rootSite(node: ts.Node, subject: string): Site {
  const written = ts.isTypeNode(node) ? { node, bindings: undefined } : undefined
  return { subject, path: '', node, written, leavable: false, depth: 0 }
}

/** An object that is written out has what lies around it for its members; another has its own. */
function bindingsWithin(written: Written | undefined): Bindings | undefined {
  return written && ts.isTypeLiteralNode(written.node) ? written.bindings : undefined
}

/** Brands are plain objects; what they are put on is not. */
function isPlainObject(checker: ts.TypeChecker, type: ts.Type): boolean {
  if (!(type.flags & ts.TypeFlags.Object)) return false
  return !standardType(type) && !checker.isArrayType(type) && !checker.isTupleType(type)
}
