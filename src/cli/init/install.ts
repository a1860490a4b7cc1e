import { spawn } from 'node:child_process'
import { installFailed, type Diagnostic } from '../diagnostics.ts'
import { areThere, type InstallStep } from './packages.ts'

/**
 * Runs the commands one after the other, in sight of the user; stops at the first that fails. One that
 * fails and has installed what it should, has not: pnpm ends with 1 where it has not run a package's own
 * installation script, and we need none of them.
 */
export async function install(
  root: string,
  steps: readonly InstallStep[],
  say: (line: string) => void,
): Promise<Diagnostic[]> {
  for (const { command, packages } of steps) {
    const outcome = await run(root, command)
    if (outcome === null) continue
    if (!areThere(root, packages)) return [installFailed(command, outcome)]
    say(`\`${command}\` ${outcome}, and has installed what it should; going on`)
  }
  return []
}

/** Null when all went well, else how it ended. Commands are our own words: no shell reads them. */
function run(cwd: string, command: string): Promise<string | null> {
  const [program = '', ...args] = command.split(' ')
  // On Windows package managers are scripts, which only a shell starts.
  const shell = process.platform === 'win32'
  const child = spawn(program, args, { cwd, stdio: 'inherit', shell })
  return new Promise((resolve) => {
    child.once('error', ({ message }) => {
      resolve(`could not be started: ${message}`)
    })
    child.once('exit', (code, signal) => {
      resolve(code === 0 ? null : `ended with ${code ?? signal ?? 'an error'}`)
    })
  })
}
