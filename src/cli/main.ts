import { createProgram } from './program.ts'
import { reportFailure } from './report.ts'

/** The command line. Settles when the command has run; what it has started may go on. */
export const ended = run()

async function run(): Promise<void> {
  // Whoever read our output may be gone (`pikku generate | head`): there is nothing more to say then.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    await createProgram(process.argv[2]).parseAsync()
  } catch (error) {
    // Without waiting for what is still open, such as what a user's file had opened before it threw.
    process.exit(reportFailure(error))
  }
}
