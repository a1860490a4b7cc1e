import type { capabilities, ProviderName } from './capabilities.ts'
import type { memberNeeds, optionNeeds } from './client-needs.ts'
import type { ClientQueue } from './queue-handle.ts'
import type { JobOptions } from './types.ts'

/** A provider by its name; `any` where only the running program knows which it is. */
export type ClientProvider = ProviderName | 'any'

/** The shape of the generated `Queues`: each queue's payload, result and, where it has a type, progress. */
export type QueueMap<Queues> = {
  [Name in keyof Queues]: { input: unknown; output: unknown; progress?: unknown }
}

/** What the function of a queue tells while it runs. */
export type ProgressOf<Queue> = Queue extends { progress: infer Progress } ? Progress : unknown

/** A queue of a client by itself, whatever its provider. */
export type QueueHandle<Input, Output, Progress = unknown> = Pick<
  ClientQueue<Input, Output, JobOptions, Progress>,
  keyof ClientQueue<Input, Output>
>

/** A queue of a client of this provider. */
export type QueueHandleOn<
  Provider extends ClientProvider,
  Name,
  Input,
  Output,
  Progress = unknown,
> = Pick<
  ClientQueue<Input, Output, JobOptionsOn<Provider, Name>, Progress>,
  Exclude<keyof ClientQueue<Input, Output>, MissingMembers<Provider>>
>

/** A handle for each queue. Mapped over the generated `Queues`, so that its members keep their docs. */
export type QueueHandles<
  Queues extends QueueMap<Queues>,
  Provider extends ClientProvider = 'any',
> = {
  readonly [Name in keyof Queues]: 'any' extends Provider
    ? QueueHandle<Queues[Name]['input'], Queues[Name]['output'], ProgressOf<Queues[Name]>>
    : QueueHandleOn<
        Provider,
        Name,
        Queues[Name]['input'],
        Queues[Name]['output'],
        ProgressOf<Queues[Name]>
      >
}

/** The options of a job that the provider honours on the queue. */
export type JobOptionsOn<Provider extends ClientProvider, Name> = Omit<
  JobOptions,
  Missing<typeof optionNeeds, Provider, Name>
>

/** The members that a client of this provider, and each of its queues, does not have. */
export type MissingMembers<Provider extends ClientProvider> = Missing<typeof memberNeeds, Provider>

/** Those that ask for what one of the providers cannot do. */
type Missing<Needs, Provider, Name = string> = {
  [Need in keyof Needs]: Needs[Need] extends Incapability<Provider, Name> ? Need : never
}[keyof Needs]

/** For each of the providers, what it cannot do on this queue. */
type Incapability<Provider, Name> = Provider extends ProviderName
  ? Exclude<
      KeysWhere<(typeof capabilities)[Provider], false>,
      [Name] extends [`${string}${FifoOf<Provider>['suffix']}`]
        ? KeysWhere<FifoOf<Provider>['can'], true>
        : never
    >
  : never

type FifoOf<Provider extends ProviderName> = NonNullable<(typeof capabilities)[Provider]['fifo']>

type KeysWhere<Table, Value> = {
  [Key in keyof Table]: Table[Key] extends Value ? Key : never
}[keyof Table]
