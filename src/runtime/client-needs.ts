import type { Capabilities } from './capabilities.ts'

/** What a provider may be able to do or not. */
type Capability = Extract<
  {
    [Key in keyof Capabilities]: Capabilities[Key] extends boolean ? Key : never
  }[keyof Capabilities],
  string
>

/** What members of a client, and of its queues, ask of the provider. */
export const memberNeeds = {
  getJob: 'status',
  waitForCompletion: 'results',
  events: 'status',
  onProgress: 'progress',
  remove: 'remove',
  retry: 'retry',
  counts: 'status',
} as const satisfies Record<string, Capability>

/** What options of a job ask of it. */
export const optionNeeds = {
  priority: 'priority',
  jobId: 'jobId',
  group: 'group',
  tx: 'transactions',
} as const satisfies Record<string, Capability>
