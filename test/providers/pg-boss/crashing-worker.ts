import { createProvider } from '../../../src/runtime/providers/pg-boss/index.ts'
import { silentLogger } from '../../support/silent-logger.ts'
import { consumeOptions, declaration } from '../../support/provider-work.ts'

/** Claims jobs and never finishes them; killed by its parent. Prints the attempt of each. */
const [url = '', schema = ''] = process.argv.slice(2)
const provider = createProvider({
  connection: { connectionString: url, schema },
  role: 'worker',
  logger: silentLogger,
})
await provider.open([declaration('jobs', { deadLetterQueue: 'dead' })])
provider.consume('jobs', consumeOptions({ concurrency: 1, prefetch: 1 }), (job) => {
  process.stdout.write(`${job.attempt}\n`)
  return new Promise(() => {})
})
