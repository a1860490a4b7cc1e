import { errorCodes, PikkuQueueError } from '../../errors.ts'
import type { Site } from './site.ts'

/** Turns what initdb or the server said last into one error that says what to do. */
export function startFailure(
  site: Site,
  doing: 'create' | 'start',
  output: string,
): PikkuQueueError {
  const reason = lastMeaningfulLines(output) || 'it said nothing'
  const known = folderTroubles.find(({ pattern }) => pattern.test(output))
  if (known) {
    return new PikkuQueueError(
      errorCodes.engineFolder,
      `the embedded PostgreSQL cannot use its data folder ${site.folder}: ${reason}`,
      { hint: known.hint },
    )
  }
  return new PikkuQueueError(
    errorCodes.engineStart,
    `the embedded PostgreSQL did not ${doing === 'create' ? 'set up its data' : 'start'}: ${reason}`,
    { hint: doing === 'create' ? `Data folder: ${site.folder}` : `More is in ${site.log}` },
  )
}

const folderTroubles = [
  { pattern: /No space left on device/, hint: 'Free some space; nothing was lost.' },
  { pattern: /Read-only file system/, hint: 'Name a writable folder with PIKKU_DATA_DIR.' },
  {
    pattern: /Permission denied|invalid permissions|wrong ownership/,
    hint: 'Give it to the user that made it, and to nobody else (chmod 700), or name another with PIKKU_DATA_DIR.',
  },
  {
    pattern: /database files are incompatible/,
    hint: 'Another version made it: install that version, or name another folder with PIKKU_DATA_DIR.',
  },
]

/** The lines that say why, without time stamps: at most three. */
function lastMeaningfulLines(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.replace(/^[\d-]+ [\d:.]+ \S+ \[\d+\] /, '').trim())
    .filter(Boolean)
  const telling = lines.filter((line) => /(FATAL|PANIC|ERROR|error|HINT|DETAIL):/.test(line))
  return (telling.length > 0 ? telling : lines).slice(-3).join(' · ')
}

/** The program itself could not be started. */
export function spawnFailure(program: string, error: NodeJS.ErrnoException): PikkuQueueError {
  // ENOENT for a file that is there: its loader (glibc's) is missing.
  const musl = error.code === 'ENOENT' && process.platform === 'linux'
  return new PikkuQueueError(
    errorCodes.engineStart,
    `${program} cannot be run here (${error.code ?? error.message})`,
    {
      hint: musl
        ? 'It needs glibc, which Alpine lacks. Use another image, or --provider pg-boss with DATABASE_URL.'
        : 'Use --provider pg-boss with DATABASE_URL, or run as another user.',
      cause: error,
    },
  )
}
