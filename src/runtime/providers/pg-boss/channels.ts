import { createHash } from 'node:crypto'

/** pg-boss's own channel: the payload is the name of a queue that has a job to run. */
export function wakeChannel(schema: string): string {
  return `pgboss_${digest(schema)}`
}

/** Ours: the payload is a queue and the ids of its jobs that changed, see hints.ts. */
export function hintChannel(schema: string): string {
  return `pikku_${digest(schema)}`
}

function digest(schema: string): string {
  return createHash('sha224').update(schema).digest('hex').slice(0, 24)
}
