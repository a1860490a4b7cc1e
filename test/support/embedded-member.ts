// A process that joins the engine of the folder given as argument (none: the project's) and obeys
// lines on stdin: `leave`, or a statement to run. It answers with lines of JSON.
import { createInterface } from 'node:readline'
import pg from 'pg'
import { PikkuQueueError } from '../../src/runtime/errors.ts'
import { joinEngine } from '../../src/runtime/providers/embedded/engine.ts'

const say = (line: object) => console.log(JSON.stringify(line))
const log = (message: string) => say({ log: message })

// Only now, with everything loaded: the other user may not be able to read the sources.
const runAs = Number(process.env['TEST_RUN_AS'])
if (runAs) {
  process.setgroups?.([])
  process.setgid?.(runAs)
  process.setuid?.(runAs)
}

try {
  const engine = await joinEngine({
    dataDir: process.argv[2],
    logger: { debug: log, info: log, warn: log, error: log },
  })
  const { connectionString, dataDir, port, startedHere } = engine
  const pool = new pg.Pool({ connectionString })
  pool.on('error', () => undefined)
  say({ joined: { dataDir, port, startedHere } })
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === 'leave') break
    await pool.query(line).then(
      ({ rows }) => say({ rows }),
      (error: unknown) => say({ rows: String(error) }),
    )
  }
  await pool.end()
  await engine.leave()
  process.stdin.destroy()
} catch (error) {
  if (!(error instanceof PikkuQueueError)) throw error
  say({ failed: { code: error.code, hint: error.hint, message: error.message } })
  process.exitCode = 1
}
