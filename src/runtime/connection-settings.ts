import type { ProviderName } from './capabilities.ts'

/**
 * What pikku.config.json may say of how a provider is reached: what workers, commands and clients have in
 * common wherever they run. Never an address with a password: the file is committed, and generated code
 * repeats it.
 */
export interface ConnectionSettings {
  /** BullMQ: what the keys of the queues begin with. */
  prefix?: string
  /** BullMQ: the address is that of a node of a Redis Cluster. */
  cluster?: boolean
  /** pg-boss: the schema that holds the queues. */
  schema?: string
  /** SQS. */
  region?: string
  /** SQS: of an emulator or a VPC endpoint. */
  endpoint?: string
  /** SQS: what a queue's name follows in its URL. */
  queueUrlPrefix?: string
  /** embedded: where the data are, relative to the project's root. */
  dataDir?: string
}

/** Those that each provider knows, and what kind of value they have. */
export const settingsOf = {
  bullmq: { prefix: 'string', cluster: 'boolean' },
  'pg-boss': { schema: 'string' },
  sqs: { region: 'string', endpoint: 'string', queueUrlPrefix: 'string' },
  embedded: { dataDir: 'string' },
} as const satisfies Record<
  ProviderName,
  Partial<Record<keyof ConnectionSettings, 'string' | 'boolean'>>
>

/** What a message calls one of them. */
export function settingName<Provider extends ProviderName>(
  provider: Provider,
  key: keyof (typeof settingsOf)[Provider] & string,
): string {
  return `connection.${provider}.${key} of pikku.config.json`
}

export type SettingsByProvider = Partial<Record<ProviderName, ConnectionSettings>>
