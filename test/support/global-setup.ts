import type { TestProject } from 'vitest/node'
import { startThrowawayServer } from './throwaway-server.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    databaseUrl: string
  }
}

/** One PostgreSQL for the whole run: the one of `DATABASE_URL`, or a throwaway of our own. */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | void> {
  const given = process.env['DATABASE_URL']
  if (given) {
    console.log('tests use the PostgreSQL of DATABASE_URL')
    project.provide('databaseUrl', given)
    return
  }
  const server = await startThrowawayServer()
  console.log(`tests use a throwaway PostgreSQL on 127.0.0.1:${server.port}`)
  project.provide('databaseUrl', server.url)
  return () => server.destroy()
}
