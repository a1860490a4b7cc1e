import type { BackoffOptions } from './types.ts'

/**
 * What producers and workers agree on, written by `pikku generate` into the client file and handed
 * to both ends. Plain JSON.
 */
export interface Contracts {
  queues: Record<string, QueueContract>
  /** Named types that the queues' schemas refer to as `#/$defs/Name`. */
  $defs: Record<string, JsonSchema>
}

export interface QueueContract {
  input: JsonSchema
  output: JsonSchema
  /** What the function tells while it runs, where it says that. */
  progress?: JsonSchema
  /** Changes when payload or result do, and only then: not with names, order or words. */
  fingerprint?: string
  /** Retry defaults of the wiring, for jobs that are added without their own. */
  defaults: RetryDefaults
  docs?: FunctionDocs
  tags?: string[]
}

export interface RetryDefaults {
  attempts?: number
  backoff?: BackoffOptions
  timeout?: number
  deadLetterQueue?: string
}

export interface FunctionDocs {
  summary?: string
  description?: string
  tags?: string[]
  errors?: string[]
}

/**
 * JSON Schema 2020-12, with two keywords of our own: `x-type` names the JavaScript type that the JSON
 * stands for. The JSON form of each is documented beside its codec in `payload.ts`. `x-sensitive` marks
 * what is not shown to whoever looks after the queues; it means nothing to producers and workers.
 */
export interface JsonSchema {
  [keyword: string]: unknown
  'x-type'?: CarriedType
  'x-sensitive'?: true
}

/** JavaScript types that JSON has no form for and that we carry as documented plain JSON. */
export type CarriedType = 'Date' | 'bigint' | 'Map' | 'Set' | 'URL' | 'Uint8Array' | 'undefined'
