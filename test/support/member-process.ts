import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../', import.meta.url))

export interface JoinedFacts {
  dataDir: string
  port: number
  startedHere: boolean
}

/** Another process that is a member of an embedded engine. */
export interface MemberProcess extends JoinedFacts {
  /** What the engine logged there so far. */
  readonly logs: string[]
  /** Runs a statement there: its rows, or the message of its error. */
  query(statement: string): Promise<unknown>
  /** Leaves in order. Resolves when the process has ended; rejects unless it ended well. */
  leave(): Promise<void>
  /** `kill -9`. Resolves when the process has ended. */
  kill(): Promise<void>
  /** As Ctrl-C in a terminal does it: to the process and all of its group. */
  interruptGroup(): Promise<void>
}

export interface MemberOptions {
  /** Default: the project's own, found from `cwd`. */
  dataDir?: string
  cwd?: string
  /** The repository, or a copy of it, whose sources it runs. Default: this one. */
  sources?: string
  /** Numeric id of the OS user to become. */
  runAs?: number
}

/** What the process says; see embedded-member.ts. */
interface Line {
  log?: string
  failed?: { code: string; hint: string; message: string }
  joined?: JoinedFacts
  rows?: unknown
}

/** How a process failed to join. */
export class JoinFailure extends Error {
  readonly code: string
  readonly hint: string

  constructor(failed: { code: string; hint: string; message: string }) {
    super(failed.message)
    this.code = failed.code
    this.hint = failed.hint
  }
}

/** Starts a process that joins. @throws JoinFailure when it cannot. */
export async function startMember(options: MemberOptions): Promise<MemberProcess> {
  const script = join(options.sources ?? repository, 'test', 'support', 'embedded-member.ts')
  const child = spawn(process.execPath, [script, ...(options.dataDir ? [options.dataDir] : [])], {
    cwd: options.cwd,
    env: { ...process.env, ...(options.runAs && { TEST_RUN_AS: String(options.runAs) }) },
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(child, 'exit')
  const logs: string[] = []
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()

  async function answer(name: 'joined' | 'rows'): Promise<unknown> {
    for (;;) {
      const { value, done } = await answers.next()
      if (done) throw new Error(`the process ended without an answer; logs: ${logs.join(' | ')}`)
      const line = JSON.parse(value) as Line
      if (line.log !== undefined) logs.push(line.log)
      else if (line.failed !== undefined) throw new JoinFailure(line.failed)
      else return line[name]
    }
  }

  async function drain(): Promise<void> {
    for (let next = await answers.next(); !next.done; next = await answers.next()) {
      const line = JSON.parse(next.value) as Line
      if (line.log !== undefined) logs.push(line.log)
    }
  }

  const facts = (await answer('joined')) as JoinedFacts
  return {
    ...facts,
    logs,
    query(statement) {
      child.stdin.write(statement + '\n')
      return answer('rows')
    },
    async leave() {
      child.stdin.write('leave\n')
      await drain()
      const [code] = (await ended) as [number | null]
      if (code !== 0) throw new Error(`the process ended with code ${code}: ${logs.join(' | ')}`)
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
    async interruptGroup() {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT')
      await ended
    },
  }
}
