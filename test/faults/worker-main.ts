// A worker process of a trial: it is sent a `WorkerOrder`, and ends when its parent is gone.
import { setTimeout as delay } from 'node:timers/promises'
import { createDefinitions } from '../../src/runtime/define.ts'
import { UnrecoverableError } from '../../src/runtime/errors.ts'
import type { RuntimeServices } from '../../src/runtime/registry.ts'
import { runWorker } from '../../src/runtime/run-worker.ts'
import { LedgerPage } from './ledger.ts'
import { loadProvider } from './load-provider.ts'
import { lastWords, type Work, type WorkerOrder } from './work.ts'

process.on('disconnect', () => process.exit(3))
process.once('message', (order) => void obey(order as WorkerOrder))

async function obey({ entryPoint, connection, queue, ledgerFolder }: WorkerOrder): Promise<void> {
  const createProvider = await loadProvider(entryPoint)
  const ledger = new LedgerPage(ledgerFolder)
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>()
  wireQueueWorker({
    queue: queue.name,
    config: queue.config,
    // It does not look at its signal, like most.
    func: pikkuSessionlessFunc<Work, string>(async (_services, work, { queue: job }) => {
      const { takesMs, laterTakesMs = takesMs, blocksMs = 0 } = work
      const attempt = job?.attempt ?? 0
      const run = ledger.started(work.job, attempt)
      if (attempt === 1) block(blocksMs)
      await delay(attempt === 1 ? takesMs : laterTakesMs)
      if (work.dies) {
        ledger.died(run)
        throw new UnrecoverableError(`job ${work.job} ${lastWords} ${run}`)
      }
      ledger.finished(run)
      return run
    }),
  })
  await runWorker({
    createProvider: (options) => createProvider({ ...options, connection }),
    contracts: queue.contracts,
  })
}

function block(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}
