import { ts } from 'ts-morph'
import { isIdentifier } from '../../identifiers.ts'
import type { PropertyModel, TypeModel } from '../../model.ts'
import { bindingsOf } from '../bindings.ts'
import { locate } from '../locate.ts'
import { OwnNames, type OwnSources } from '../own-names.ts'
import type { NamedTypes } from './named-types.ts'
import { capitalize } from './naming.ts'
import { badName } from './problems.ts'
import { unseenTagsIn } from './unseen-tags.ts'
import { areApart, isAbsent, literalModel, writtenDescription } from './written-parts.ts'

/** What the names in types are looked up by. */
export interface TypeNames {
  own: OwnSources
  /** Names of the platform that mean what they do everywhere. */
  globals: ReadonlySet<string>
}

/** Deeper types are left to the compiler, which says where they become too deep. */
const maxDepth = 20

/**
 * The models of types that are made of nothing but keywords, literals, lists, objects, what else travels,
 * and names of such: most payloads are, and no compiler is needed to read them. What it makes is what
 * `TypeExpander` makes of the same type. It makes nothing of a type with anything else in it, or with
 * anything to complain of.
 */
export class WrittenTypes {
  readonly #root: string
  readonly #named: NamedTypes
  readonly #globals: ReadonlySet<string>
  readonly #names: OwnNames
  /** Ids of named types that are objects, known before all of their properties are. */
  readonly #objects = new Set<string>()

  /**
   * @param root the folder that locations are relative to
   * @param named takes in the named types
   */
  constructor(root: string, { own, globals }: TypeNames, named: NamedTypes) {
    this.#root = root
    this.#named = named
    this.#globals = globals
    this.#names = new OwnNames(own, () => undefined)
  }

  /** Null for what has to be asked of the compiler. */
  expand(type: ts.TypeNode | 'void'): TypeModel | null {
    if (type === 'void') return { kind: 'void' }
    if (unseenTagsIn(type).length > 0) return null
    const before = this.#named.size
    const model = this.#model(type, 0)
    if (!model) this.#named.forgetAfter(before)
    return model
  }

  #model(node: ts.TypeNode, outer: number): TypeModel | null {
    const depth = outer + 1
    if (depth > maxDepth) return null
    if (ts.isParenthesizedTypeNode(node)) return this.#model(node.type, outer)
    if (ts.isArrayTypeNode(node)) return this.#list(node.elementType, false, depth)
    if (ts.isTypeOperatorNode(node)) {
      const isReadonly = node.operator === ts.SyntaxKind.ReadonlyKeyword
      const array = isReadonly && ts.isArrayTypeNode(node.type) ? node.type : null
      return array && this.#list(array.elementType, true, depth)
    }
    if (ts.isTypeLiteralNode(node)) return this.#object(node.members, depth)
    if (ts.isUnionTypeNode(node)) return this.#union(node, depth)
    return ts.isTypeReferenceNode(node) ? this.#reference(node, depth) : literalModel(node)
  }

  #list(node: ts.TypeNode, readonly: boolean, depth: number): TypeModel | null {
    const element = this.#model(node, depth)
    return element && { kind: 'array', element, readonly }
  }

  #object(members: ts.NodeArray<ts.TypeElement>, depth: number): TypeModel | null {
    const properties = new Map<string, PropertyModel>()
    for (const member of members) {
      const property = ts.isPropertySignature(member) ? this.#property(member, depth) : null
      if (!property || properties.has(property.name)) return null
      properties.set(property.name, property)
    }
    // Any object is a `{}`.
    if (properties.size === 0) return null
    return { kind: 'object', properties: [...properties.values()], index: null }
  }

  #property(node: ts.PropertySignature, depth: number): PropertyModel | null {
    const name = ts.isIdentifier(node.name) || ts.isStringLiteral(node.name) ? node.name.text : null
    const docs = writtenDescription(node)
    if (name === null || badName(name) || !docs || !node.type) return null
    const type = this.#model(node.type, depth)
    if (!type) return null
    const optional = node.questionToken !== undefined
    const readonly = node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ReadonlyKeyword)
    return { name, type, optional, readonly: readonly ?? false, ...docs }
  }

  #union({ types }: ts.UnionTypeNode, depth: number): TypeModel | null {
    const members: TypeModel[] = []
    for (const type of types) {
      const member = this.#model(type, depth)
      if (!member) return null
      // A name may stand for a union itself, which would be part of this one.
      if (member.kind === 'reference' && !this.#objects.has(member.name)) return null
      members.push(member)
    }
    if (!areApart(members)) return null
    const present = members.filter((member) => !isAbsent(member))
    return { kind: 'union', members: [...present, ...members.filter(isAbsent)] }
  }

  #reference(node: ts.TypeReferenceNode, depth: number): TypeModel | null {
    const { typeName, typeArguments } = node
    if (!ts.isIdentifier(typeName)) return null
    const file = node.getSourceFile()
    const found = this.#names.find(typeName.text, file)
    if (!found) {
      // What is imported, but not from the sources, is another's.
      const isPlatform = this.#globals.has(typeName.text)
      if (!isPlatform || bindingsOf(file).imports.has(typeName.text)) return null
      return this.#platform(typeName.text, typeArguments ?? [], depth)
    }
    // A script shares its names with all others.
    if (!('nodes' in found) || !ts.isExternalModule(found.file) || typeArguments) return null
    const [declaration, another] = found.nodes
    if (!declaration || another) return null
    return this.#named.find(declaration) ?? this.#declared(declaration, depth)
  }

  #declared(declaration: ts.Node, depth: number): TypeModel | null {
    if (ts.isInterfaceDeclaration(declaration)) {
      const { typeParameters, heritageClauses, members } = declaration
      if (typeParameters || heritageClauses) return null
      return this.#enter(declaration, true, () => this.#object(members, depth))
    }
    if (!ts.isTypeAliasDeclaration(declaration) || declaration.typeParameters) return null
    const { type } = declaration
    if (ts.isTypeLiteralNode(type)) {
      return this.#enter(declaration, true, () => this.#object(type.members, depth))
    }
    if (ts.isUnionTypeNode(type)) {
      const isNamed = !type.types.some(({ kind }) => kind === ts.SyntaxKind.UndefinedKeyword)
      if (isNamed) return this.#enter(declaration, false, () => this.#union(type, depth))
    }
    // What else an alias stands for keeps its own name, or has none. What has arguments may get this one.
    const isList = ts.isArrayTypeNode(type) || ts.isTypeOperatorNode(type)
    if (isList || ts.isParenthesizedTypeNode(type) || hasArguments(type)) return null
    return writtenDescription(declaration) && this.#model(type, depth)
  }

  /** Under its name, so that its body may refer to it. */
  #enter(
    declaration: ts.InterfaceDeclaration | ts.TypeAliasDeclaration,
    isObject: boolean,
    makeBody: () => TypeModel | null,
  ): TypeModel | null {
    const { text } = declaration.name
    const docs = writtenDescription(declaration)
    if (!docs || !isIdentifier(text)) return null
    const declared = locate(this.#root, declaration)
    const about = { wanted: capitalize(text), declared, detail: '', ...docs }
    const reference = this.#named.enter(declaration, about)
    if (isObject) this.#objects.add(reference.name)
    const body = makeBody()
    if (body) this.#named.complete(declaration, body)
    return body && reference
  }

  #platform(name: string, args: readonly ts.TypeNode[], depth: number): TypeModel | null {
    const [first, second] = args
    const isReadonly = name.startsWith('Readonly')
    switch (name) {
      case 'Date':
      case 'URL':
      case 'Uint8Array':
        return first ? null : { kind: 'carried', type: name }
      case 'Array':
      case 'ReadonlyArray':
        return first && !second ? this.#list(first, isReadonly, depth) : null
      case 'Set':
      case 'ReadonlySet': {
        const element = first && !second ? this.#model(first, depth) : null
        return element && { kind: 'set', element, readonly: isReadonly }
      }
      case 'Map':
      case 'ReadonlyMap': {
        const key = first && second ? this.#model(first, depth) : null
        const value = key && second ? this.#model(second, depth) : null
        return key && value && { kind: 'map', key, value, readonly: isReadonly }
      }
      case 'Record': {
        const hasAnyKey = first?.kind === ts.SyntaxKind.StringKeyword
        const index = hasAnyKey && second ? this.#model(second, depth) : null
        return index && { kind: 'object', properties: [], index }
      }
      default:
        return null
    }
  }
}

/** `Uint8Array` has one that nobody gives. */
function hasArguments(type: ts.TypeNode): boolean {
  if (!ts.isTypeReferenceNode(type)) return false
  const { typeName, typeArguments } = type
  return (
    typeArguments !== undefined || (ts.isIdentifier(typeName) && typeName.text === 'Uint8Array')
  )
}
