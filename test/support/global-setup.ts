import type { TestProject } from 'vitest/node'
import { startRedisServer } from './redis-server.ts'
import { startSqsServer } from './sqs-server.ts'
import { startThrowawayServer, type ThrowawayServer } from './throwaway-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string
    redisUrl: string
    sqsEndpoint: string
  }
}

interface TestServer {
  name: string
  /** Names the server to use instead of a throwaway one. */
  variable: string
  provides: 'databaseUrl' | 'redisUrl' | 'sqsEndpoint'
  start: () => Promise<StartedServer>
}

type StartedServer = Pick<ThrowawayServer, 'url' | 'port' | 'destroy'>

const servers: TestServer[] = [
  {
    name: 'PostgreSQL',
    variable: 'DATABASE_URL',
    provides: 'databaseUrl',
    start: startThrowawayServer,
  },
  { name: 'Redis', variable: 'REDIS_URL', provides: 'redisUrl', start: startRedisServer },
  { name: 'SQS', variable: 'SQS_ENDPOINT', provides: 'sqsEndpoint', start: startSqsServer },
]

/** One server of each kind for the whole run: the one that is given, or a throwaway of our own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: StartedServer[] = []
  const stop = async () => {
    await Promise.all(started.map((server) => server.destroy()))
  }
  const provide = async ({ name, variable, provides, start }: TestServer) => {
    const given = process.env[variable]
    if (given) {
      console.log(`tests use the ${name} of ${variable}`)
      project.provide(provides, given)
      return
    }
    const server = await start()
    started.push(server)
    console.log(`tests use a throwaway ${name} on 127.0.0.1:${server.port}`)
    project.provide(provides, server.url)
  }
  try {
    await Promise.all(servers.map(provide))
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
