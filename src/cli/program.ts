import { Command, type CommanderError } from 'commander'
import { outputIsLost } from './lost-output.ts'
import { packageVersion } from './package-info.ts'
import { defineBuild } from './program/build.ts'
import { defineDashboard } from './program/dashboard.ts'
import { defineDev } from './program/dev.ts'
import { defineDoctor } from './program/doctor.ts'
import { defineGenerate } from './program/generate.ts'
import { defineInit } from './program/init.ts'
import { defineQueues } from './program/queues.ts'
import { defineWorker } from './program/worker.ts'

/** By name, in the order that `--help` lists them in. */
const definitions: ReadonlyMap<string, (program: Command) => void> = new Map([
  ['init', defineInit],
  ['generate', defineGenerate],
  ['worker', defineWorker],
  ['queues', defineQueues],
  ['build', defineBuild],
  ['dashboard', defineDashboard],
  ['doctor', defineDoctor],
  ['dev', defineDev],
])

/**
 * The command line: what there is to say and to ask, no more; each command loads its own code when it
 * runs. Exit codes: 0 fine · 1 findings, or could not start · 2 wrong usage.
 * @param asked the first word of the arguments: a command that is called by its name needs no other
 */
export function createProgram(asked = ''): Command {
  const program = new Command('pikku')
    .description('Typed background queues: generate the typed client, run the workers.')
    .version(packageVersion, '-v, --version')
    .showHelpAfterError('(pikku --help lists the commands)')
    .exitOverride(exitWith)
  const only = definitions.get(asked)
  for (const define of only ? [only] : definitions.values()) define(program)
  return program
}

/** Commander ends with 1 on wrong usage; that is taken by findings. */
function exitWith(error: CommanderError): never {
  if (error.exitCode !== 0) process.exit(2)
  process.exit(outputIsLost() ? 1 : 0)
}
