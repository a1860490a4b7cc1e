import { Hono } from 'hono'
import { secureHeaders } from 'hono/secure-headers'
import { isLoopback } from './addresses.ts'
import { createBoard, type BoardOptions } from './board.ts'
import type { Credentials } from './credentials.ts'
import { noWrites, onlyForLoopback, onlyWith, writesFromBoardOnly } from './guards.ts'

export interface AppOptions extends BoardOptions {
  /** The address it is served at; only this machine can reach a loopback address. */
  host: string
  /** Without them everybody who can connect may look, and act. */
  credentials?: Credentials | undefined
}

/** The board, and before it everything that decides who may see it. */
export function dashboardApp(options: AppOptions): Hono {
  const app = new Hono()
  app.use(secureHeaders(headers), async (context, next) => {
    await next()
    // What a queue holds is nothing for the disk of whoever looked at it.
    if (context.req.path.startsWith('/api/')) context.header('Cache-Control', 'no-store')
  })
  if (isLoopback(options.host)) app.use(onlyForLoopback())
  if (options.credentials) app.use(onlyWith(options.credentials))
  app.use(writesFromBoardOnly())
  if (options.readOnly) app.use(noWrites())
  app.route('/', createBoard(options))
  return app
}

/** Nothing is loaded from elsewhere, and nobody may put the board into a page. */
const headers: Parameters<typeof secureHeaders>[0] = {
  contentSecurityPolicy: {
    defaultSrc: ["'self'"],
    // The interface sets styles of its elements.
    styleSrc: ["'self'", "'unsafe-inline'"],
    imgSrc: ["'self'", 'data:'],
    workerSrc: ["'self'", 'blob:'],
    objectSrc: ["'none'"],
    baseUri: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  // Whether it is reached by TLS is the business of whoever puts that before it.
  strictTransportSecurity: false,
}
