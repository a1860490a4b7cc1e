import { onTestFinished } from 'vitest'
import type { QueueDeclaration } from '../../../src/runtime/provider.ts'
import { BullmqProvider } from '../../../src/runtime/providers/bullmq/bullmq-provider.ts'
import type { Logger } from '../../../src/runtime/types.ts'
import { redisUrl } from '../../support/redis.ts'
import { declaration, listeningLogger } from '../../support/provider-work.ts'

export {
  consumeOptions,
  dead,
  declaration,
  done,
  job,
  listeningLogger,
  sendOne,
  until,
  untilStatus,
  work,
  type Work,
} from '../../support/provider-work.ts'

export interface OpenOptions {
  prefix: string
  queues?: QueueDeclaration[]
  role?: 'worker' | 'producer'
  url?: string
  logger?: Logger
}

/** An open provider, closed when the test has finished. */
export async function openProvider(options: OpenOptions): Promise<BullmqProvider> {
  const { prefix, role = 'worker', queues = [declaration('jobs')] } = options
  const provider = new BullmqProvider({
    connection: { url: options.url ?? redisUrl(), prefix },
    role,
    logger: options.logger ?? listeningLogger(),
  })
  onTestFinished(() => provider.close(2_000))
  await provider.open(queues)
  return provider
}
