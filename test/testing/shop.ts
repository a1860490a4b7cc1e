import type { ClientOf } from '../../src/runtime/client-of.ts'
import type { Contracts, JsonSchema } from '../../src/runtime/contract.ts'
import { defineClient } from '../../src/runtime/create-client.ts'
import { createDefinitions } from '../../src/runtime/define.ts'
import { createRegistry } from '../../src/runtime/registry.ts'
import type { Interaction, Logger, WorkerConfig } from '../../src/runtime/types.ts'
import type { FunctionBody } from '../../src/runtime/wiring.ts'

export interface Mail {
  to: string
  at: Date
}

export interface Queues {
  mails: { input: Mail; output: { sentAt: Date } }
  numbers: { input: number; output: void }
  letters: { input: number; output: void }
}

const objectOf = (properties: Record<string, JsonSchema>): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties),
  additionalProperties: false,
})
const date: JsonSchema = { type: 'string', 'x-type': 'Date' }
const nothing: JsonSchema = { type: 'null', 'x-type': 'undefined' }

export const contracts: Contracts = {
  queues: {
    mails: {
      input: objectOf({ to: { type: 'string' }, at: date }),
      output: objectOf({ sentAt: date }),
      fingerprint: 'aaaaaaaaaaaaaaaa',
      defaults: {},
    },
    numbers: { input: { type: 'number' }, output: nothing, defaults: { attempts: 3 } },
    letters: { input: { type: 'number' }, output: nothing, defaults: {} },
  },
  $defs: {},
}

/** As the generator writes it. */
export const PikkuQueue = defineClient<Queues>(contracts)

export interface Services {
  queues: ClientOf<Queues>
  emailService: { send(to: string): Promise<void>; close(): void }
  region: string
  session: string
  logger: Logger
  interaction: Interaction
}

type Bodies = {
  [Name in keyof Queues]?: FunctionBody<Queues[Name]['input'], Queues[Name]['output'], Services>
}

/** A registry of its own with these functions, as wiring files would fill the default one. */
export function wired(
  bodies: Bodies,
  configs: Partial<Record<keyof Queues, WorkerConfig>> = {},
): ReturnType<typeof createRegistry> {
  const registry = createRegistry()
  const { pikkuSessionlessFunc, wireQueueWorker } = createDefinitions<Services>(registry)
  const { mails, numbers, letters } = bodies
  if (mails) {
    const func = pikkuSessionlessFunc<Mail, { sentAt: Date }>(mails)
    wireQueueWorker({ queue: 'mails', func, config: configs.mails })
  }
  for (const [queue, body] of Object.entries({ numbers, letters })) {
    if (!body) continue
    const config = configs[queue === 'numbers' ? 'numbers' : 'letters']
    wireQueueWorker({ queue, func: pikkuSessionlessFunc<number>(body), config })
  }
  return registry
}

/** A promise that never is. */
export const never = () => new Promise<never>(() => undefined)
