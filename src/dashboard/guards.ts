import type { MiddlewareHandler } from 'hono'
import { hostName, isLoopback } from './addresses.ts'
import { saysCredentials, type Credentials } from './credentials.ts'

/**
 * A page of someone else's can let its own name point at this machine, and is then let in by the browser.
 * Its requests say that name.
 */
export function onlyForLoopback(): MiddlewareHandler {
  return async (context, next) => {
    const host = hostName(context.req.header('host'))
    if (host !== null && isLoopback(host)) return next()
    return context.text('This dashboard answers to localhost and 127.0.0.1 only.\n', 403)
  }
}

export function onlyWith(credentials: Credentials): MiddlewareHandler {
  return async (context, next) => {
    if (saysCredentials(context.req.header('authorization'), credentials)) return next()
    context.header('WWW-Authenticate', 'Basic realm="pikku dashboard", charset="UTF-8"')
    return context.text('User and password, please.\n', 401)
  }
}

/** What changes something has to come from the board itself: browsers say where from. */
export function writesFromBoardOnly(): MiddlewareHandler {
  return async (context, next) => {
    if (isReading(context.req.method)) return next()
    const site = context.req.header('sec-fetch-site')
    const origin = context.req.header('origin')
    const isOurs =
      site === undefined
        ? origin === undefined || isOriginOf(origin, context.req.header('host'))
        : site === 'same-origin'
    return isOurs ? next() : context.text('This came from another site.\n', 403)
  }
}

export function noWrites(): MiddlewareHandler {
  return async (context, next) =>
    isReading(context.req.method) ? next() : context.text('This dashboard only shows.\n', 405)
}

const isReading = (method: string): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method)

function isOriginOf(origin: string, host: string | undefined): boolean {
  return /^https?:\/\/(.+)$/i.exec(origin)?.[1]?.toLowerCase() === host?.toLowerCase()
}
