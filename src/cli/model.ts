import type { FunctionDocs } from '../runtime/contract.ts'

/**
 * What the scan found: plain, sorted, JSON-able data. Every later stage only reads it. Paths are
 * relative to the project's root and use forward slashes.
 */
export interface ProjectModel {
  /** Sorted by name, then location. Two queues of one name are both here; `check` complains. */
  queues: QueueModel[]
  services: ServicesModel
  /** Files with at least one wiring, and files that register tag middleware; sorted. */
  wiringFiles: string[]
  /** Named types that payloads refer to; sorted by name, each name once. */
  types: NamedType[]
}

export interface QueueModel {
  name: string
  location: Location
  /** How the function is called in the user's code; "(inline)" when it has no name. */
  functionName: string
  functionLocation: Location
  input: TypeModel
  output: TypeModel
  /** What the function tells while it runs; null where it does not say. */
  progress: TypeModel | null
  docs: FunctionDocs
  tags: string[]
  config: ConfigModel
  /** `auth` and `permissions` of the function, when it says something a queue cannot honour. */
  asksForSession: { what: 'auth' | 'permissions'; location: Location } | null
}

/** Worker options as far as they are known statically, by name; `check` complains of unknown names. */
export type ConfigModel = Record<string, ConfigValue>

export type ConfigValue =
  | { known: true; value: unknown; location: Location }
  /** Known only at run time (an environment variable, say). */
  | { known: false; location: Location }

export interface ServicesModel {
  createConfig: ExportedFunction | null
  createSingletonServices: ExportedFunction | null
  createSessionServices: ExportedFunction | null
  /** Hand-written interfaces that extend the core ones, which win over return types. */
  singletonInterface: ExportedFunction | null
  sessionInterface: ExportedFunction | null
}

export interface ExportedFunction {
  file: string
  /** `default` for a default export. */
  exportName: string
}

/** One-based, as editors show it. */
export interface Location {
  file: string
  line: number
  column: number
}

export interface NamedType {
  name: string
  type: TypeModel
  description?: string
}

/**
 * A payload type as plain data: the one form between TypeScript and everything emitted (TypeScript
 * text, JSON Schema, codec).
 */
export type TypeModel = TypeForm & {
  /** `@sensitive`: not for the eyes of whoever looks after the queues. */
  sensitive?: true
}

type TypeForm =
  | { kind: 'string'; constraints?: TypeConstraints }
  | { kind: 'number'; constraints?: TypeConstraints }
  | { kind: 'boolean' }
  | { kind: 'null' }
  | { kind: 'undefined' }
  /** `void`: nothing to return. */
  | { kind: 'void' }
  | { kind: 'unknown' }
  /** `never`: no value fits. */
  | { kind: 'never' }
  | { kind: 'literal'; value: string | number | boolean }
  /** `` `order-${string}` ``: its TypeScript text, and a regular expression for validators. */
  | { kind: 'template'; text: string; pattern: string }
  | { kind: 'carried'; type: 'Date' | 'bigint' | 'URL' | 'Uint8Array' }
  | { kind: 'map'; key: TypeModel; value: TypeModel; readonly: boolean }
  | { kind: 'set'; element: TypeModel; readonly: boolean }
  | { kind: 'array'; element: TypeModel; readonly: boolean; constraints?: TypeConstraints }
  | { kind: 'tuple'; elements: TupleElement[]; readonly: boolean }
  | {
      kind: 'object'
      properties: PropertyModel[]
      index: TypeModel | null
      constraints?: TypeConstraints
    }
  | { kind: 'union'; members: TypeModel[] }
  | { kind: 'reference'; name: string }

export interface PropertyModel {
  name: string
  type: TypeModel
  optional: boolean
  readonly: boolean
  description?: string
  deprecated?: boolean
}

export interface TupleElement {
  type: TypeModel
  kind: 'required' | 'optional' | 'rest'
  label?: string
}

/** From JSDoc tags: `@minimum 1`, `@maxLength 20`, `@pattern ^a`, `@format email`, `@integer`. */
export interface TypeConstraints {
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  integer?: boolean
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
  minItems?: number
  maxItems?: number
  uniqueItems?: boolean
  minProperties?: number
  maxProperties?: number
}
