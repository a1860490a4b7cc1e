// Another process of a case: it is sent an `Order`, obeys, and ends when its parent is gone.
import { QueueClient } from '../../client.ts'
import { createDefinitions } from '../../define.ts'
import { createLogger } from '../../logger.ts'
import type { CreateProvider } from '../../provider.ts'
import type { RuntimeServices } from '../../registry.ts'
import { runWorker } from '../../run-worker.ts'
import type { AnyClient } from './test-queue.ts'
import type { Order, Report, Task } from './task.ts'

type TaskOf<Type extends Task['type']> = Extract<Task, { type: Type }>

const toldToGoOn = Promise.withResolvers<void>()
process.on('disconnect', () => process.exit())
process.once('message', (order) => void obey(order as Order))

async function obey({ entryPoint, connection, task }: Order): Promise<void> {
  process.on('message', () => toldToGoOn.resolve())
  try {
    const module = (await import(entryPoint)) as { createProvider: CreateProvider }
    const createProvider: CreateProvider = (options) =>
      module.createProvider({ ...options, connection })
    if (task.type === 'work') await work(task, createProvider)
    else await withClient(task, createProvider)
  } catch (error) {
    report({
      type: 'failed',
      message: error instanceof Error ? String(error.stack) : String(error),
    })
  }
}

async function withClient(
  task: TaskOf<'add' | 'follow'>,
  createProvider: CreateProvider,
): Promise<void> {
  const provider = createProvider({ role: 'producer', logger: createLogger() })
  const client: AnyClient = new QueueClient(provider, task.contracts)
  // Connects, so that nothing but the task itself is left.
  await client.addBulk(task.queue, [])
  report({ type: 'ready' })
  if (task.type === 'add') await add(task, client)
  else await follow(task, client)
  await client.close()
  process.disconnect()
}

async function add({ queue, jobs }: TaskOf<'add'>, client: AnyClient): Promise<void> {
  await toldToGoOn.promise
  const ids = await Promise.all(jobs.map(({ data, options }) => client.add(queue, data, options)))
  report({ type: 'added', ids })
}

async function follow({ queue, id }: TaskOf<'follow'>, client: AnyClient): Promise<void> {
  for await (const event of client.events(queue, id)) report({ type: 'event', event })
}

async function work(
  { queue, contracts, config }: TaskOf<'work'>,
  createProvider: CreateProvider,
): Promise<void> {
  const { wireQueueWorker, pikkuSessionlessFunc } = createDefinitions<RuntimeServices>()
  wireQueueWorker({
    queue,
    config,
    func: pikkuSessionlessFunc<unknown, unknown>(async (_services, _data, { queue: job }) => {
      const { jobId = '', attempt = 0 } = job ?? {}
      report({ type: 'run', jobId, attempt })
      await toldToGoOn.promise
      return { pid: process.pid, attempt }
    }),
  })
  await runWorker({ createProvider, contracts })
  report({ type: 'ready' })
}

function report(message: Report): void {
  process.send?.(message)
}
