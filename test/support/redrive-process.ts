import { declareContracts } from '../../src/runtime/declare-queues.ts'
import type { Contracts } from '../../src/runtime/contract.ts'
import type { CreateProvider } from '../../src/runtime/provider.ts'
import { redrive } from '../../src/runtime/redrive.ts'
import { silentLogger } from './silent-logger.ts'

/** What a process that redrives is told, as JSON. */
export interface RedriveTask {
  entryPoint: string
  connection: unknown
  from: string
  to: string
  contracts: Contracts
}

const task = JSON.parse(process.argv[2] ?? '') as RedriveTask
const { createProvider } = (await import(task.entryPoint)) as { createProvider: CreateProvider }
const provider = createProvider({
  role: 'producer',
  connection: task.connection,
  logger: silentLogger,
})
await provider.open(declareContracts(task.contracts))
process.stdout.write('redriving\n')
await redrive(provider, task)
await provider.close(1_000)
