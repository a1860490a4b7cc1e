import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Run } from './evidence.ts'

type Line =
  | { type: 'started'; id: string; job: number; attempt: number; at: number }
  | { type: 'finished' | 'died'; id: string; at: number }

const suffix = '.jsonl'

/**
 * One process's page of the ledger: every line is with the operating system before the function goes
 * on, so a `kill -9` loses none.
 */
export class LedgerPage {
  readonly #file: number
  #runs = 0

  constructor(folder: string) {
    this.#file = openSync(join(folder, `${process.pid}${suffix}`), 'a')
  }

  /** Returns a name for the run. */
  started(job: number, attempt: number): string {
    this.#runs += 1
    const id = `${process.pid}-${this.#runs}`
    this.#write({ type: 'started', id, job, attempt, at: Date.now() })
    return id
  }

  finished(id: string): void {
    this.#write({ type: 'finished', id, at: Date.now() })
  }

  /** It is going to throw, so that its job fails for good. */
  died(id: string): void {
    this.#write({ type: 'died', id, at: Date.now() })
  }

  #write(line: Line): void {
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }
}

/** The pages of all processes, read on as they grow. */
export class Ledger {
  readonly folder: string
  readonly #runs = new Map<string, Run>()
  readonly #finished = new Set<number>()
  readonly #read = new Map<string, number>()

  constructor(folder: string) {
    this.folder = folder
  }

  /** All runs so far. */
  runs(): Run[] {
    this.#readOn()
    return [...this.#runs.values()]
  }

  /** Of one process. */
  runsOf(pid: number): Run[] {
    return this.runs().filter((run) => run.pid === pid)
  }

  /** Jobs that have finished or died at least once. */
  finished(): ReadonlySet<number> {
    this.#readOn()
    return this.#finished
  }

  #readOn(): void {
    for (const name of readdirSync(this.folder)) {
      if (!name.endsWith(suffix)) continue
      const pid = Number.parseInt(name)
      for (const line of this.#newLines(name)) this.#note(JSON.parse(line) as Line, pid)
    }
  }

  #note(line: Line, pid: number): void {
    if (line.type === 'started') {
      const { id, job, attempt, at } = line
      const open = { finishedAt: undefined, died: false }
      this.#runs.set(id, { id, job, attempt, pid, startedAt: at, ...open })
      return
    }
    const run = this.#runs.get(line.id)
    if (!run) throw new Error(`run ${line.id} finished without having started`)
    run.finishedAt = line.at
    run.died = line.type === 'died'
    this.#finished.add(run.job)
  }

  #newLines(name: string): string[] {
    const from = this.#read.get(name) ?? 0
    const file = openSync(join(this.folder, name), 'r')
    try {
      const bytes = Buffer.alloc(fstatSync(file).size - from)
      const length = readSync(file, bytes, 0, bytes.length, from)
      // The last line may be under way.
      const end = bytes.subarray(0, length).lastIndexOf('\n') + 1
      this.#read.set(name, from + end)
      return bytes.toString('utf8', 0, end).split('\n').filter(Boolean)
    } finally {
      closeSync(file)
    }
  }
}
