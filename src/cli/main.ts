import { outputIsLost, watchOutput } from './lost-output.ts'
import { createProgram } from './program.ts'
import { reportFailure } from './report.ts'

/** The command line. Settles when the command has run; what it has started may go on. */
export const ended = run()

async function run(): Promise<void> {
  watchOutput()
  try {
    await createProgram(process.argv[2]).parseAsync()
    // A worker goes on without its log: it ends by itself, with a code of its own.
    if (outputIsLost()) process.exitCode ||= 1
  } catch (error) {
    // Without waiting for what is still open, such as what a user's file had opened before it threw.
    process.exit(reportFailure(error))
  }
}
