import { ts } from 'ts-morph'
import { remembered } from '../remember.ts'
import { bindingsOf } from './bindings.ts'
import { forEachChild } from './children.ts'
import { soughtFunction, type FoundCall } from './find-calls.ts'
import { OwnNames, type Found, type OwnSources } from './own-names.ts'
import type { Mention } from './mentions.ts'
import { isFreeze, plain } from './expressions.ts'

/** What the wirings of a file depend on. */
export interface Reach {
  /** Files with anything that the wirings' names, options and types refer to; absolute. */
  files: ReadonlySet<string>
  /** Nothing else can matter: not inferred types, not packages, not the platform. */
  complete: boolean
  /** What calls the generated functions, in order. */
  calls: readonly FoundCall[]
  /** Where the syntax shows how a function is made, by the expressions that lead there. */
  functions: ReadonlyMap<ts.Expression, WrittenFunction>
}

/** A `pikkuSessionlessFunc(…)`, as it is written. */
export interface WrittenFunction {
  call: ts.CallExpression
  /** Of the constant that it is the value of. */
  name?: ts.Node
}

/**
 * Follows whatever a file's wirings refer to, by syntax alone: names and options to their constants,
 * functions to their type arguments, types to their declarations. Function bodies, which are most of a
 * project, do not matter where types are given. Anything out of the ordinary makes it incomplete.
 * @param globals names of the platform that mean what they do everywhere
 */
export function reachOf(
  file: ts.SourceFile,
  mentions: readonly Mention[],
  sources: OwnSources,
  globals: ReadonlySet<string>,
): Reach {
  const walk = new Walk(sources, globals)
  walk.files.add(file.fileName)
  for (const mention of mentions) walk.mention(mention, file)
  return walk
}

class Walk implements Reach {
  readonly files = new Set<string>()
  complete = true
  readonly calls: FoundCall[] = []
  readonly functions = new Map<ts.Expression, WrittenFunction>()
  readonly #names: OwnNames
  readonly #globals: ReadonlySet<string>
  readonly #seen = new Set<ts.Node>()
  readonly #pending: { root: ts.Node; file: ts.SourceFile }[] = []
  #isVisiting = false

  constructor(sources: OwnSources, globals: ReadonlySet<string>) {
    this.#names = new OwnNames(sources, ({ fileName }) => this.files.add(fileName))
    this.#globals = globals
  }

  mention({ call, isNested }: Mention, file: ts.SourceFile): void {
    const name = soughtFunction(this.#generatedName(call.expression, file))
    if (!name) return
    this.calls.push({ name, call })
    if (name === 'pikkuSessionlessFunc') return
    // Names may mean something else in there than at the top level.
    if (isNested) {
      this.#giveUp()
      return
    }
    if (name === 'addTagMiddleware') return
    const [wiring] = call.arguments
    if (!wiring || !ts.isObjectLiteralExpression(wiring)) {
      this.#giveUp()
      return
    }
    for (const property of wiring.properties) {
      const key = property.name && ts.isIdentifier(property.name) ? property.name.text : undefined
      const value = valueOf(property)
      if (key === undefined || value === undefined) {
        this.#giveUp()
        return
      }
      if (key === 'func') this.#function(value, file)
      // Which middleware there is does not show in a contract.
      else if (key !== 'middleware') this.#visit(value, file)
    }
  }

  #giveUp(): void {
    this.complete = false
  }

  /** The generated function that is called: by its name, or as part of a module. */
  #generatedName(callee: ts.Expression, file: ts.SourceFile): string | undefined {
    const found = this.#lookUp(callee, file)
    return found && 'generated' in found ? found.generated : undefined
  }

  /** `name` and `module.name` */
  #lookUp(node: ts.Node, file: ts.SourceFile): Found | null {
    if (ts.isIdentifier(node)) {
      const binding = bindingsOf(file).imports.get(node.text)
      // What leads out of the sources may be one of the generated functions all the same.
      const found = this.#names.find(node.text, file)
      if (binding && !found) this.#giveUp()
      return found
    }
    const isAccess = ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)
    if (!isAccess) return null
    const [object, key] = ts.isQualifiedName(node)
      ? [node.left, node.right]
      : [node.expression, node.name]
    const binding = ts.isIdentifier(object) && bindingsOf(file).imports.get(object.text)
    if (!binding || binding.imported !== '*') return null
    const found = this.#names.imported({ ...binding, imported: key.text }, file)
    if (!found) this.#giveUp()
    return found
  }

  /** The value of `func`: only the plain ways to a `pikkuSessionlessFunc<…>(…)` are gone. */
  #function(outer: ts.Expression, file: ts.SourceFile): void {
    const expression = plain(outer)
    if (ts.isCallExpression(expression)) {
      if (this.#isDefinition(expression, file)) {
        this.functions.set(outer, { call: expression })
        this.#definition(expression, file)
      } else this.#giveUp()
      return
    }
    const found = this.#lookUp(expression, file)
    if (!found || 'generated' in found || this.#seen.has(expression)) {
      this.#giveUp()
      return
    }
    this.#seen.add(expression)
    if ('expression' in found) {
      this.#function(found.expression, found.file)
      return
    }
    const [declaration, another] = found.nodes
    const constant = declaration && !another && bindingsOf(found.file).constants.get(declaration)
    if (!constant) {
      this.#giveUp()
      return
    }
    const call = plain(constant)
    if (ts.isCallExpression(call) && this.#isDefinition(call, found.file)) {
      this.functions.set(outer, { call, name: nameIn(declaration) ?? declaration })
    }
    this.#function(constant, found.file)
  }

  #isDefinition(call: ts.CallExpression, file: ts.SourceFile): boolean {
    return this.#generatedName(call.expression, file) === 'pikkuSessionlessFunc'
  }

  #definition(call: ts.CallExpression, file: ts.SourceFile): void {
    this.files.add(file.fileName)
    const [settings] = call.arguments
    if (!settings || ts.isSpreadElement(settings)) {
      this.#giveUp()
      return
    }
    for (const type of call.typeArguments ?? []) this.#visit(type, file)
    let body: ts.Node | undefined = settings
    if (ts.isObjectLiteralExpression(settings)) {
      body = undefined
      for (const property of settings.properties) {
        const key = property.name && ts.isIdentifier(property.name) ? property.name.text : undefined
        const value = ts.isMethodDeclaration(property) ? property : valueOf(property)
        if (key === undefined || value === undefined) {
          this.#giveUp()
          return
        }
        if (key === 'func') body = value
        else if (key !== 'middleware' && key !== 'permissions') this.#visit(value, file)
        // What is wrong with them may keep the types from being inferred.
        else if (!call.typeArguments) this.#giveUp()
      }
    } else if (!ts.isFunctionLike(settings)) {
      this.#giveUp()
      return
    }
    if (!call.typeArguments) this.#signature(body, file)
  }

  /** Types that are inferred from a function that says all of them itself. */
  #signature(body: ts.Node | undefined, file: ts.SourceFile): void {
    if (!body || !ts.isFunctionLike(body) || body.typeParameters || !body.type) {
      this.#giveUp()
      return
    }
    const [services, data, interaction] = body.parameters
    if (interaction?.type && !this.#isPlainInteraction(interaction.type, file)) this.#giveUp()
    if (services?.type || services?.initializer || data?.initializer || (data && !data.type)) {
      this.#giveUp()
      return
    }
    this.#visit(body.type, file)
    if (data?.type) this.#visit(data.type, file)
  }

  /** With a type argument it says what progress is. */
  #isPlainInteraction(type: ts.TypeNode, file: ts.SourceFile): boolean {
    if (!ts.isTypeReferenceNode(type) || type.typeArguments) return false
    const found = this.#lookUp(type.typeName, file)
    return found !== null && 'generated' in found && found.generated === 'Interaction'
  }

  /** Before the outermost of these ends: the stack has no room for all types that lead from one to the next. */
  #visit(root: ts.Node, file: ts.SourceFile): void {
    this.#pending.push({ root, file })
    if (this.#isVisiting) return
    this.#isVisiting = true
    for (let next = this.#pending.pop(); next; next = this.#pending.pop()) {
      this.#look(next.root, next.file)
    }
    this.#isVisiting = false
  }

  #look(root: ts.Node, file: ts.SourceFile): void {
    if (!this.complete || this.#seen.has(root)) return
    this.#seen.add(root)
    this.files.add(file.fileName)
    const visit = (node: ts.Node): void => {
      if (!this.complete) return
      if (ts.isIdentifier(node)) this.#reference(node, file, root)
      else if (ts.isPropertyAccessExpression(node) || ts.isQualifiedName(node)) {
        const found = this.#lookUp(node, file)
        if (found) this.#follow(found)
        else visit(ts.isQualifiedName(node) ? node.left : node.expression)
      } else if (ts.isImportTypeNode(node)) this.#importType(node, file, visit)
      else if (isWorkedOut(node)) this.#giveUp()
      else {
        const name = nameIn(node)
        forEachChild(node, (child) => {
          if (child !== name) visit(child)
        })
      }
    }
    visit(root)
  }

  /** @param root what the name is in, and may be declared in. */
  #reference(node: ts.Identifier, file: ts.SourceFile, root: ts.Node): void {
    const { text: name } = node
    const { declared, imports } = bindingsOf(file)
    if (!declared.has(name) && !imports.has(name)) {
      if (!this.#globals.has(name) && !namesIn(root).has(name)) this.#giveUp()
      return
    }
    const found = this.#names.find(name, file)
    if (found) this.#follow(found)
    else this.#giveUp()
  }

  #importType(node: ts.ImportTypeNode, file: ts.SourceFile, visit: (node: ts.Node) => void): void {
    const { argument, qualifier, typeArguments = [] } = node
    const specifier = ts.isLiteralTypeNode(argument) ? argument.literal : undefined
    if (!specifier || !ts.isStringLiteral(specifier) || !qualifier) {
      this.#giveUp()
      return
    }
    const found = this.#names.imported({ specifier, imported: firstName(qualifier) }, file)
    if (found) this.#follow(found)
    else this.#giveUp()
    typeArguments.forEach(visit)
  }

  #follow(found: Found): void {
    if ('generated' in found) this.#giveUp()
    else if ('expression' in found) this.#visit(found.expression, found.file)
    else for (const node of found.nodes) this.#visit(node, found.file)
  }
}

function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (ts.isPropertyAssignment(property)) return property.initializer
  return ts.isShorthandPropertyAssignment(property) ? property.name : undefined
}

/** A value whose type is up to libraries, or to another module system. */
function isWorkedOut(node: ts.Node): boolean {
  return (
    (ts.isCallExpression(node) && !isFreeze(node)) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isMetaProperty(node) ||
    ts.isExternalModuleReference(node)
  )
}

/** The name that a node gives to what it declares, or to a member: it refers to nothing. */
function nameIn(node: ts.Node): ts.Node | undefined {
  if (ts.isBindingElement(node) && node.propertyName) {
    return ts.isIdentifier(node.propertyName) ? node.propertyName : undefined
  }
  if (ts.isShorthandPropertyAssignment(node) || !('name' in node)) return undefined
  const { name } = node
  return isNode(name) && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name : undefined
}

const isNode = (value: unknown): value is ts.Node =>
  typeof value === 'object' && value !== null && 'kind' in value

/** Names that are declared somewhere below: parameters, type parameters, `infer` and the like. */
const namesIn = remembered((root: ts.Node): ReadonlySet<string> => {
  const names = new Set<string>()
  const collect = (node: ts.Node): void => {
    const name = 'name' in node && isNode(node.name) ? node.name : undefined
    if (declares(node) && name && ts.isIdentifier(name)) names.add(name.text)
    forEachChild(node, collect)
  }
  collect(root)
  return names
})

const declares = (node: ts.Node): boolean =>
  ts.isParameter(node) ||
  ts.isTypeParameterDeclaration(node) ||
  ts.isVariableDeclaration(node) ||
  ts.isBindingElement(node) ||
  ts.isFunctionLike(node) ||
  ts.isClassLike(node) ||
  ts.isEnumMember(node)

function firstName(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : firstName(name.left)
}
