import { buildApp } from 'fauxqs'

/** An SQS in this process, its queues in memory. */
export interface SqsServer {
  readonly url: string
  readonly port: number
  destroy(): Promise<void>
}

/** @param port a free one of the loopback, or the one to come back to, with nothing in it. */
export async function startSqsServer(port = 0): Promise<SqsServer> {
  const app = buildApp({ logger: false })
  const url = await app.listen({ port, host: '127.0.0.1' })
  return {
    url,
    port: Number(new URL(url).port),
    destroy: async () => {
      // Long polls would hold it up.
      app.server.closeAllConnections()
      await app.close()
    },
  }
}
