import { pathToFileURL } from 'node:url'
import { errorCodes, PikkuQueueError } from '../runtime/errors.ts'
import { createLogger } from '../runtime/logger.ts'
import { topLevelAwaits } from './bundle/top-level-awaits.ts'

/**
 * Loads a bundled worker into this process; what it starts goes on after that.
 * @param file absolute
 * @throws PikkuQueueError PKQ509 for whatever the user's files throw while they are loaded, and when they wait for what
 *   can never come.
 */
export async function runBundle(file: string): Promise<void> {
  process.setSourceMapsEnabled(true)
  const loaded = Promise.withResolvers<undefined>()
  const giveUp = () => {
    loaded.reject(neverLoaded())
  }
  // Nothing is left then that could end an `await`.
  process.once('beforeExit', giveUp)
  const slow = setTimeout(() => void tellOfWaiting(file), slowAfterMs).unref()
  // Not awaited itself: the stack of what is thrown would end with all that wait for it here.
  import(pathToFileURL(file).href).then(
    () => {
      loaded.resolve(undefined)
    },
    (error: unknown) => {
      loaded.reject(error)
    },
  )
  try {
    await loaded.promise
  } catch (error) {
    throw loadFailure(error)
  } finally {
    process.off('beforeExit', giveUp)
    clearTimeout(slow)
  }
}

const slowAfterMs = 10_000

/** As long as there is a timer or a connection, nobody can tell that it will never end. */
async function tellOfWaiting(file: string): Promise<void> {
  const places = await topLevelAwaits(file).catch(() => [])
  const waits = [...places.map((place) => `at ${place}`), 'in a package that it imports']
  createLogger().warn(
    `the worker is still loading its files after ${slowAfterMs / 1000} s: it waits outside of all functions, ${waits.join(' or ')}`,
  )
}

const neverLoaded = () =>
  new PikkuQueueError(
    errorCodes.loadFailed,
    'a file of the worker waits for ever while it is loaded: nothing is left that could end its `await`',
    { hint: 'Look for an `await` outside of all functions, in what the worker imports.' },
  )

/** Whatever is thrown while the bundle is loaded comes from the user's own files. */
function loadFailure(error: unknown): PikkuQueueError {
  if (error instanceof PikkuQueueError) return error
  const missing = error instanceof Error && /^Cannot find package '(.+?)'/.exec(error.message)?.[1]
  if (missing) {
    return new PikkuQueueError(
      errorCodes.loadFailed,
      `the worker imports the package ${missing}, which is not installed`,
      { hint: `Run: npm install ${missing}`, cause: error },
    )
  }
  const reason = error instanceof Error ? stackOf(error) : String(error)
  return new PikkuQueueError(
    errorCodes.loadFailed,
    `a file of the worker threw while it was loaded: ${reason}`,
    { hint: 'Nothing was started.', cause: error },
  )
}

/** Without the frames of Node, which are how it came to load the file. */
const stackOf = ({ stack, message }: Error): string =>
  stack?.replace(/\n\s+at (.*[ (])?node:.*/g, '') ?? message
