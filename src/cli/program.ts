import { Command, type CommanderError } from 'commander'
import { packageVersion } from './package-info.ts'
import { defineBuild } from './program/build.ts'
import { defineDashboard } from './program/dashboard.ts'
import { defineDev } from './program/dev.ts'
import { defineDoctor } from './program/doctor.ts'
import { defineGenerate } from './program/generate.ts'
import { defineInit } from './program/init.ts'
import { defineQueues } from './program/queues.ts'
import { defineWorker } from './program/worker.ts'

const definitions = [
  defineInit,
  defineGenerate,
  defineWorker,
  defineQueues,
  defineBuild,
  defineDashboard,
  defineDoctor,
  defineDev,
]

/**
 * The command line: what there is to say and to ask, no more; each command loads its own code when it
 * runs. Exit codes: 0 fine · 1 findings, or could not start · 2 wrong usage.
 */
export function createProgram(): Command {
  const program = new Command('pikku')
    .description('Typed background queues: generate the typed client, run the workers.')
    .version(packageVersion, '-v, --version')
    .showHelpAfterError('(pikku --help lists the commands)')
    .exitOverride(exitWith)
  for (const define of definitions) define(program)
  return program
}

/** Commander ends with 1 on wrong usage; that is taken by findings. */
function exitWith(error: CommanderError): never {
  process.exit(error.exitCode === 0 ? 0 : 2)
}
