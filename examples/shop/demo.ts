/**
 * The shop from wiring to jobs that ran: generates, starts a worker on the embedded engine, adds jobs
 * from a second process, and shuts down.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const shop = fileURLToPath(new URL('.', import.meta.url))
const pikku = fileURLToPath(import.meta.resolve('pikku-queue/package.json')).replace(
  'package.json',
  'bin/pikku.js',
)
const startedAt = Date.now()

/** Starts a process whose lines are shown behind its name, and handed to `onLine`. */
function start(name: string, args: string[], onLine: (line: string) => void = () => undefined) {
  const child = spawn(process.execPath, args, { cwd: shop, stdio: ['ignore', 'pipe', 'inherit'] })
  createInterface({ input: child.stdout }).on('line', (line) => {
    console.log(`  ${name.padEnd(9)}│ ${line}`)
    onLine(line)
  })
  return child
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code]: (number | null)[] = await once(child, 'close')
  return code ?? 1
}

function expectZero(what: string, code: number) {
  if (code === 0) return
  console.error(`${what} ended with exit code ${code}`)
  process.exit(1)
}

console.log('1  pikku generate: scan the shop, write its typed helpers, client and worker\n')
expectZero('pikku generate', await exitCode(start('generate', [pikku, 'generate'])))

console.log('\n2  pikku worker: work on the queues, on a PostgreSQL that it starts by itself\n')
const ready = Promise.withResolvers<void>()
const worker = start('worker', [pikku, 'worker', '--provider', 'embedded'], (line) => {
  if (line.includes('waiting for jobs')) ready.resolve()
})
const workerEnded = exitCode(worker)
const endedEarly = await Promise.race([ready.promise, workerEnded])
if (endedEarly !== undefined) expectZero('pikku worker', endedEarly || 1)

console.log('\n3  four jobs from a second process, through the typed client\n')
const produced = await exitCode(start('producer', ['producer.ts']))

console.log('\n4  SIGTERM: the worker finishes what runs, and exits\n')
worker.kill('SIGTERM')
const ended = await workerEnded
expectZero('the producer', produced)
expectZero('the worker', ended)
console.log(`\nDone in ${((Date.now() - startedAt) / 1000).toFixed(1)} s.`)
