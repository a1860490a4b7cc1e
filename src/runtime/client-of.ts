import type { QueueClient } from './client.ts'
import type { ClientProvider, MissingMembers, QueueMap } from './client-types.ts'

/**
 * A client: what its provider can do, by the table of capabilities, has a member, and what it cannot has
 * none. Of several providers it is what all of them can do; of `any`, everything, and what the one that
 * is chosen at run time cannot do throws PKQ409.
 */
export type ClientOf<
  Queues extends QueueMap<Queues>,
  Provider extends ClientProvider = 'any',
> = Pick<
  QueueClient<Queues, Provider>,
  Exclude<keyof QueueClient<Queues, Provider>, MissingMembers<Provider>>
>
