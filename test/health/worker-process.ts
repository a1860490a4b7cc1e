import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { WorkerOrder } from './worker-order.ts'

const script = fileURLToPath(new URL('worker-main.ts', import.meta.url))

/** A real worker process that is asked for its health; see worker-main.ts. It ends with the test. */
export interface WorkerProcess {
  /** Resolves when its health is answered for. Rejects with what it printed when it ends before. */
  readonly listening: Promise<string>
  /** Resolves with its exit code and what it printed. */
  readonly ended: Promise<{ code: number | null; output: string }>
  tell(what: 'wedge' | 'finish'): void
  terminate(): void
}

export function startWorker(order: WorkerOrder, port = 0): WorkerProcess {
  const child = fork(script, ['--health-port', String(port), '--health-host', '127.0.0.1'], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }))
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  const listening = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        output += text.toString()
        const [, url] = /health at (http:\S+):/.exec(output) ?? []
        if (url !== undefined) resolve(url)
      })
    }
    void ended.then(() => reject(new Error(`it ended:\n${output}`)))
  })
  // Not every test asks for it.
  listening.catch(() => undefined)
  child.send(order)
  return {
    listening,
    ended,
    tell: (what) => void child.send(what),
    terminate: () => void child.kill('SIGTERM'),
  }
}

/** What it answers: status and text. */
export async function ask(url: string, path: string): Promise<[status: number, text: string]> {
  const response = await fetch(url + path, { signal: AbortSignal.timeout(5_000) })
  return [response.status, await response.text()]
}

/** Waits for an answer; so long because machines may be slow. */
export async function expectAnswer(
  url: string,
  path: string,
  answer: [status: number, text: string | RegExp],
  withinMs = 20_000,
): Promise<void> {
  const [status, text] = answer
  const expected = [status, typeof text === 'string' ? text : expect.stringMatching(text)]
  await expect.poll(() => ask(url, path), { timeout: withinMs, interval: 200 }).toEqual(expected)
}
