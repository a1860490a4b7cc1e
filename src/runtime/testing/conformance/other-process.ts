import { type ChildProcess, fork } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Order, Report } from './task.ts'
import { until } from './until.ts'

type ReportOf<Type extends Report['type']> = Extract<Report, { type: Type }>

/** Sources run as they are, and built files from their own folder. */
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
const script = fileURLToPath(new URL(`process-main.${extension}`, import.meta.url))

/** A real process of its own on the backend under test; see process-main.ts. */
export class OtherProcess {
  readonly #child: ChildProcess
  readonly #reports: Report[] = []
  readonly #exit: Promise<number | NodeJS.Signals>
  readonly #patienceMs: number

  constructor(order: Order, log: (line: string) => void, patienceMs: number) {
    this.#patienceMs = patienceMs
    const child = fork(script, [], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface(stream).on('line', (line) => log(`(${child.pid}) ${line}`))
    }
    child.on('message', (report) => this.#reports.push(report as Report))
    this.#exit = new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
    })
    child.send(order)
  }

  /** What it has said so far. */
  said<Type extends Report['type']>(type: Type): ReportOf<Type>[] {
    const isOfType = (report: Report): report is ReportOf<Type> => report.type === type
    return this.#reports.filter(isOfType)
  }

  /** Waits until it has said so much. @throws Error when it says that it failed. */
  async says<Type extends Report['type']>(type: Type, count = 1): Promise<ReportOf<Type>[]> {
    const look = () => {
      const [failed] = this.said('failed')
      if (failed) throw new Error(`the other process failed: ${failed.message}`)
      const said = this.said(type)
      return said.length >= count && said
    }
    return until(look, `${count} × "${type}" of another process`, this.#patienceMs)
  }

  goOn(): void {
    this.#child.send('go on')
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves with its exit code, or the signal that ended it. */
  async ended(): Promise<number | NodeJS.Signals> {
    return this.#exit
  }

  async kill(): Promise<void> {
    this.signal('SIGKILL')
    await this.#exit
  }
}
