import { spawn } from 'node:child_process'
import { installFailed, type Diagnostic } from '../diagnostics.ts'

/** Runs the commands one after the other, in sight of the user; stops at the first that fails. */
export async function install(root: string, commands: readonly string[]): Promise<Diagnostic[]> {
  for (const command of commands) {
    const outcome = await run(root, command)
    if (outcome !== null) return [installFailed(command, outcome)]
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
