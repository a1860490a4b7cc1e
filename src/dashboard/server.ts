import { once } from 'node:events'
import { createAdaptorServer } from '@hono/node-server'
import { declareContracts } from '../runtime/declare-queues.ts'
import { errorCodes, PikkuQueueError } from '../runtime/errors.ts'
import { isLoopback, unbracketed, urlHost } from './addresses.ts'
import { dashboardApp, type AppOptions } from './app.ts'

export interface DashboardOptions extends AppOptions {
  /** 0: any that is free. */
  port: number
}

export interface Dashboard {
  url: string
  /** Stops listening and ends the connections. The provider stays open: it is the caller's. */
  close(): Promise<void>
}

/**
 * Opens the provider and serves the board.
 * @throws PikkuQueueError PKQ701 for an address that others can reach, without credentials; PKQ702 when
 *   it cannot listen there; what `open` of the provider throws.
 */
export async function serveDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { host, credentials, provider, contracts } = options
  if (!isLoopback(host) && !credentials) throw openToOthers(host)
  const opened = Promise.withResolvers<undefined>()
  const app = dashboardApp(options)
  const server = createAdaptorServer({
    fetch: async (...request: Parameters<typeof app.fetch>) => {
      await opened.promise
      return app.fetch(...request)
    },
  })
  // First: opening may start a server, which is not for a port that is in use.
  await listen(server, host, options.port)
  const close = async () => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  }
  try {
    await provider.open(declareContracts(contracts))
  } catch (error) {
    await close()
    throw error
  }
  opened.resolve(undefined)
  return { url: `http://${urlHost(host)}:${portOf(server) ?? options.port}/`, close }
}

type Server = ReturnType<typeof createAdaptorServer>

async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    server.listen(port, unbracketed(host))
    await once(server, 'listening')
  } catch (error) {
    throw cannotListen(host, port, error)
  }
}

function portOf(server: Server): number | undefined {
  const address = server.address()
  return typeof address === 'object' ? address?.port : undefined
}

export function openToOthers(host: string): PikkuQueueError {
  return new PikkuQueueError(
    errorCodes.openDashboard,
    `at ${host} others could reach the dashboard, and there is no password`,
    {
      hint: 'Set PIKKU_DASHBOARD_PASSWORD, or leave --host out: it is for this machine alone then.',
    },
  )
}

export function cannotListen(host: string, port: number, error: unknown): PikkuQueueError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const reasons: Record<string, [reason: string, hint: string]> = {
    EADDRINUSE: ['is in use', 'Stop what uses it, or choose another with --port.'],
    EACCES: ['needs more rights', 'Choose a port above 1023 with --port.'],
    EADDRNOTAVAIL: ['is not on this machine', 'Choose another address with --host.'],
    ENOTFOUND: ['is not known', 'Choose another address with --host.'],
  }
  const [reason, hint] = reasons[String(code)] ?? [
    `cannot be used: ${error instanceof Error ? error.message : String(error)}`,
    'Choose another with --host and --port.',
  ]
  return new PikkuQueueError(errorCodes.cannotListen, `${urlHost(host)}:${port} ${reason}`, {
    hint,
    cause: error,
  })
}
