import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createBullBoard } from '@bull-board/api'
import { HonoAdapter } from '@bull-board/hono'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import type { Contracts } from '../runtime/contract.ts'
import type { QueueProvider } from '../runtime/provider.ts'
import { createAddJob } from './add-job.ts'
import { interfaceTexts } from './labels.ts'
import { ownPage, pageStyle } from './page.ts'
import type { PathPattern } from './path-pattern.ts'
import { QueueAdapter } from './queue-adapter.ts'
import { boardQueues } from './queues.ts'
import { createRedactor } from './redact.ts'
import { statusesOn } from './statuses.ts'

export interface BoardOptions {
  provider: QueueProvider
  contracts: Contracts
  /** Properties that are hidden beside those that are marked `@sensitive`. */
  redact: readonly PathPattern[]
  readOnly: boolean
}

/** The board over all queues of a project, without anything that decides who may see it. */
export function createBoard({ provider, contracts, redact, readOnly }: BoardOptions): Hono {
  const redactor = createRedactor(contracts, redact)
  const add = createAddJob(provider, contracts)
  const queues = boardQueues(contracts, provider.capabilities).map(
    (queue) => new QueueAdapter({ queue, provider, redactor, add, readOnly }),
  )
  const serverAdapter = new HonoAdapter(serveStatic)
  createBullBoard({
    queues,
    serverAdapter,
    options: {
      uiConfig: {
        boardTitle: 'pikku queues',
        environment: { label: provider.capabilities.label, color: '#4a5568', textColor: '#fff' },
        // The only language that labels.ts speaks.
        locale: { lng: 'en-US' },
        hideDocsLink: true,
        hideRedisDetails: true,
        showMetrics: false,
        showWorkers: false,
        sortQueues: false,
      },
    },
  })
  const texts = interfaceTexts(join(interfaceFolder, 'dist/static/locales/en-US/messages.json'))
  const style = pageStyle(statusesOn(provider.capabilities))
  const board = new Hono()
  board.use(ownPage())
  board.get('/static/locales/en-US/messages.json', (context) => context.json(texts))
  board.get('/static/pikku.css', (context) =>
    context.body(style, 200, { 'content-type': 'text/css' }),
  )
  const plugin = serverAdapter.registerPlugin()
  // The board would refuse it of discarded jobs, beside which it shows the button among the latest.
  board.put('/api/queues/:queue/:job/retry', ({ req }) => {
    const url = new URL(req.url)
    url.pathname = url.pathname.replace(/retry$/, 'remove-unprocessed-children')
    return plugin.request(url, { method: 'PUT' })
  })
  board.route('/', plugin)
  return board
}

const interfaceFolder = dirname(
  createRequire(import.meta.url).resolve('@bull-board/ui/package.json'),
)
