import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type ServerResponse,
} from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

/** The parts of requests and answers that tests look at. */
export interface SqsRequest {
  QueueUrl?: string
  Entries?: {
    Id: string
    ReceiptHandle?: string
    VisibilityTimeout?: number
    MessageBody?: string
  }[]
  [name: string]: unknown
}
export interface SqsAnswer {
  status: number
  body: Record<string, unknown>
}

/** What becomes of a request: passed on, answered otherwise, or cut off. */
export type Interceptor = (
  request: SqsRequest,
  forward: (request?: SqsRequest) => Promise<SqsAnswer>,
) => Promise<SqsAnswer | 'cut'> | SqsAnswer | 'cut'

export interface SqsProxy {
  url: string
  /** In the order in which they came. */
  requests: { action: string; request: SqsRequest }[]
  /** Until the next one for the same action. */
  intercept(action: string, interceptor: Interceptor | undefined): void
  close(): Promise<void>
}

/** A stretch of HTTP before a real SQS, where a test can put its foot in. */
export async function startSqsProxy(target: string): Promise<SqsProxy> {
  const interceptors = new Map<string, Interceptor>()
  const requests: SqsProxy['requests'] = []
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const action = String(incoming.headers['x-amz-target']).replace('AmazonSQS.', '')
    const text = Buffer.concat((await incoming.toArray()) as Buffer[]).toString()
    const request = JSON.parse(text || '{}') as SqsRequest
    requests.push({ action, request })
    const forward = (changed = request) => pass(target, incoming, JSON.stringify(changed))
    const answer = await (interceptors.get(action)?.(request, forward) ?? forward())
    if (answer === 'cut') {
      incoming.socket.resetAndDestroy()
      return
    }
    outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
    outgoing.end(JSON.stringify(answer.body))
  }
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    intercept(action, interceptor) {
      if (interceptor) interceptors.set(action, interceptor)
      else interceptors.delete(action)
    },
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** An error as SQS answers it. */
export function sqsError(name: string, message = name, status = 400): SqsAnswer {
  return { status, body: { __type: `com.amazonaws.sqs#${name}`, message } }
}

async function pass(target: string, incoming: IncomingMessage, text: string): Promise<SqsAnswer> {
  const { hostname, port } = new URL(target)
  const outgoing = httpRequest({
    hostname,
    port,
    method: 'POST',
    path: incoming.url,
    headers: {
      ...incoming.headers,
      host: `${hostname}:${port}`,
      'content-length': Buffer.byteLength(text),
    },
    agent: false,
  })
  outgoing.end(text)
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
  const body = Buffer.concat((await response.toArray()) as Buffer[]).toString()
  return {
    status: response.statusCode ?? 500,
    body: JSON.parse(body || '{}') as Record<string, unknown>,
  }
}
