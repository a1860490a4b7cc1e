import { randomBytes } from 'node:crypto'
import type { ProviderName } from '../../src/runtime/capabilities.ts'
import type { CreateProvider, QueueProvider } from '../../src/runtime/provider.ts'
import { engineFolder } from './engine-folder.ts'
import { databaseUrl, uniqueSchema } from './postgres.ts'
import { redisUrl, uniquePrefix } from './redis.ts'
import { silentLogger } from './silent-logger.ts'
import { sqsConnection } from './sqs.ts'

/** A real backend that nobody else uses, until the running test has finished. */
export interface TestBackend {
  /** URL of the module that exports `createProvider`. */
  entryPoint: string
  /** Plain JSON, because other processes get it too. */
  connection: unknown
  /** Where its server listens, and the connection to it through another port: that of a proxy. */
  behind?: { port: number; connection: (port: number) => unknown }
  /** The whole name of a queue: on SQS they are shared with all other tests. */
  readonly queue: (name: string) => string
  provider(role: 'worker' | 'producer'): QueueProvider
}

/** A backend of each provider, on the servers of the run. */
export const backends: Record<ProviderName, () => Promise<TestBackend>> = {
  bullmq() {
    const prefix = uniquePrefix()
    return onServer('bullmq', redisUrl(), (url) => ({ url, prefix }))
  },
  'pg-boss'() {
    const schema = uniqueSchema()
    return onServer('pg-boss', databaseUrl(), (connectionString) => ({ connectionString, schema }))
  },
  sqs() {
    const { endpoint, ...others } = sqsConnection()
    return onServer('sqs', endpoint, (url) => ({ ...others, endpoint: url, createQueues: true }))
  },
  async embedded() {
    return create('embedded', { dataDir: await engineFolder() })
  },
}

async function onServer(
  name: ProviderName,
  url: string,
  connect: (url: string) => unknown,
): Promise<TestBackend> {
  const { port } = new URL(url)
  const through = (other: number) => connect(url.replace(`:${port}`, `:${other}`))
  return {
    ...(await create(name, connect(url))),
    behind: { port: Number(port), connection: through },
  }
}

async function create(name: ProviderName, connection: unknown): Promise<TestBackend> {
  const entryPoint = import.meta.resolve(`../../src/runtime/providers/${name}/index.ts`)
  const { createProvider } = (await import(entryPoint)) as { createProvider: CreateProvider }
  const suffix = randomBytes(4).toString('hex')
  return {
    entryPoint,
    connection,
    queue: (queue) => `${queue}-${suffix}`,
    provider: (role) => createProvider({ role, connection, logger: silentLogger }),
  }
}
