import { type Capabilities, capabilitiesOn, type ProviderName } from '../../runtime/capabilities.ts'
import { memberNeeds, optionNeeds } from '../../runtime/client-needs.ts'
import type { JobOptions } from '../../runtime/types.ts'

/** The options of a job on the provider in question: their interfaces tell what kind of queue it is. */
export const optionsOn = { plain: 'PlainOptions', fifo: 'FifoOptions' } as const

/** What a client of a provider has not. */
export interface Lacking {
  members: string[]
  /** Options of a job, by the kind of the queue. */
  options: Record<keyof typeof optionsOn, string[]>
}

export const nothingLacking: Lacking = { members: [], options: { plain: [], fifo: [] } }

export function lackingOn(capabilities: Capabilities): Lacking {
  const { fifo } = capabilities
  const without = (needs: Record<string, keyof Capabilities>, can: Capabilities) =>
    Object.keys(needs).filter((name) => can[needs[name] ?? 'label'] === false)
  return {
    members: without(memberNeeds, capabilities),
    options: {
      plain: without(optionNeeds, capabilities),
      fifo: fifo ? without(optionNeeds, capabilitiesOn(fifo.suffix, capabilities)) : [],
    },
  }
}

/**
 * What stands in for the generated client while a project is examined for a provider: as it would be
 * generated for that one, but that payloads and results are anything, so that what is said of it is about
 * the client alone. What is lacking is no member, and an option that no value fits. A client that is made for
 * another provider by name has everything.
 */
export function portableClientText(
  queues: readonly string[],
  provider: ProviderName,
  { members, options }: Lacking,
  fifoSuffix: string | undefined,
): string {
  const names = queues.map((name) => `  ${JSON.stringify(name)}: { input: any; output: any }`)
  const fifo = fifoSuffix === undefined ? 'never' : `\`\${string}${fifoSuffix}\``
  const lacking = members.map((name) => JSON.stringify(name)).join(' | ') || 'never'
  return `
type Examined = '${provider}' | 'any'
export interface Queues {
${names.join('\n')}
}
${optionsText('AllOptions', [])}${optionsText(optionsOn.plain, options.plain)}${optionsText(optionsOn.fifo, options.fifo)}
type Options<P, Q> = P extends Examined
  ? Q extends ${fifo} ? ${optionsOn.fifo} : ${optionsOn.plain}
  : AllOptions
type Lacking<P> = P extends Examined ? ${lacking} : never
${clientTypes}
export type PikkuQueue<P = '${provider}'> = Omit<Client<P>, Lacking<P>>
export declare const PikkuQueue: {
  new <S extends { name: string } = { name: string }>(
    service: S,
  ): PikkuQueue<string extends S['name'] ? 'any' : S['name']>
  readonly contracts: any
}
export declare const contracts: any
export declare function createQueueClient<P extends string = '${provider}'>(options?: {
  provider?: P
  connection?: any
  logger?: any
}): Promise<PikkuQueue<P>>
`
}

const optionsText = (name: string, lacking: readonly string[]): string => `interface ${name} {
${jobOptions.map((it) => `  ${it}?: ${lacking.includes(it) ? 'never' : 'any'}`).join('\n')}
}
`

const jobOptions = Object.keys({
  ...{ jobId: 0, delay: 0, priority: 0, attempts: 0, retries: 0, backoff: 0 },
  ...{ timeout: 0, group: 0, tx: 0 },
} satisfies Record<keyof JobOptions, 0>)

const clientTypes = `
interface Client<P> {
  readonly queues: { readonly [Q in keyof Queues]: Omit<Handle<P, Q>, Lacking<P>> }
  add<Q extends keyof Queues>(queue: Q, data?: any, options?: Options<P, Q>): Promise<string>
  addBulk<Q extends keyof Queues>(
    queue: Q,
    jobs: readonly { data?: any; options?: Options<P, Q> }[],
  ): Promise<string[]>
  getJob(queue: keyof Queues, id: string): Promise<any>
  waitForCompletion(queue: keyof Queues, id: string, options?: any): Promise<any>
  events(queue: keyof Queues, id: string, options?: any): AsyncGenerator<any, void>
  onProgress(queue: keyof Queues, id: string, listener: (it: any) => void, onError?: any): () => void
  remove(queue: keyof Queues, id: string): Promise<boolean>
  retry(queue: keyof Queues, id: string): Promise<boolean>
  counts(queue: keyof Queues): Promise<any>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
interface Handle<P, Q> {
  readonly name: Q
  add(data?: any, options?: Options<P, Q>): Promise<string>
  addBulk(jobs: readonly { data?: any; options?: Options<P, Q> }[]): Promise<string[]>
  getJob(id: string): Promise<any>
  waitForCompletion(id: string, options?: any): Promise<any>
  events(id: string, options?: any): AsyncGenerator<any, void>
  onProgress(id: string, listener: (it: any) => void, onError?: any): () => void
  remove(id: string): Promise<boolean>
  retry(id: string): Promise<boolean>
  counts(): Promise<any>
}
`
