import { PassThrough } from 'node:stream'
import type { QueuesFlags, Surroundings } from '../../src/cli/commands/queues/open.ts'

/** What somebody who sits before the command does, and sees. */
export interface Seat extends Surroundings {
  /** What was printed, by where to. */
  readonly seen: { stdout: string; stderr: string }
}

/**
 * @param typed the keys that are hit; null ends the input instead
 * @param isTTY false: nobody sits there
 */
export function seatAt(root: string, typed: string | null = null, isTTY = true): Seat {
  const stdin = Object.assign(new PassThrough(), { isTTY })
  if (typed === null) stdin.end()
  else stdin.write(typed)
  const seen = { stdout: '', stderr: '' }
  const stdout = Object.assign(new PassThrough(), { isTTY })
  stdout.on('data', (text) => (seen.stdout += String(text)))
  return {
    ...{ seen, stdin, stdout, cwd: () => root },
    stderr: { isTTY, write: (text) => (seen.stderr += text) },
  }
}

/** Runs a command of `pikku queues` in this process, before whoever sits there. */
export async function runQueues(
  command: (flags: QueuesFlags) => Promise<number>,
  at: Seat,
  flags: QueuesFlags = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const exitCode = await command({ ...flags, at })
  return { exitCode, ...at.seen }
}
