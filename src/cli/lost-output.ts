import { reasonOf } from './diagnostics.ts'
import { reportLine } from './report.ts'

let isLost = false

/**
 * Has it said, once, when what we print cannot be written, as on a full disk. Where whoever read it has gone
 * (`pikku generate | head`), there is nothing more to say.
 */
export function watchOutput(): void {
  process.stderr.on('error', () => undefined)
  process.stdout.on('error', note)
}

/** Whether some of it was lost, up to now: the stream tells of that only when whoever wrote it is done. */
export function outputIsLost(): boolean {
  note(process.stdout.errored)
  return isLost
}

function note(error: NodeJS.ErrnoException | null): void {
  if (isLost || !error || error.code === 'EPIPE') return
  isLost = true
  reportLine(`error: the output could not be written: ${reasonOf(error)}`, process.stderr)
}
