import { createProgram } from './program.ts'
import { reportFailure } from './report.ts'

// Whoever read our output may be gone (`pikku generate | head`): there is nothing more to say then.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

try {
  await createProgram().parseAsync()
} catch (error) {
  process.exitCode = reportFailure(error)
}
