import { didYouMean, error, placeOf, warning } from './diagnostic.ts'
import type { Location } from './model.ts'

// Rules over what was found

export const nothingWired = () =>
  warning(
    'PKQ301',
    'no queue is wired',
    "Wire one: wireQueueWorker({ queue: 'name', func }) in any file that tsconfig.json includes.",
  )

export const wiredTwice = (queue: string, first: Location, location: Location) =>
  error(
    'PKQ302',
    `queue "${queue}" is wired twice: here and at ${placeOf(first)}`,
    'One queue has one function. Give one of them a queue of its own.',
    location,
  )

export const queueNameForbidden = (
  queue: string,
  providers: readonly string[],
  rule: string,
  location: Location,
) =>
  error(
    'PKQ303',
    `the queue name "${queue}" is not allowed on ${providers.join(' and ')}`,
    `Allowed are ${rule}.`,
    location,
  )

export const unknownOption = (
  queue: string,
  option: string,
  guess: string | null,
  known: readonly string[],
  location: Location,
) =>
  error(
    'PKQ304',
    `the config of queue "${queue}" has no option "${option}"`,
    didYouMean(guess, `It takes ${known.join(', ')}.`),
    location,
  )

export const badOptionValue = (
  queue: string,
  option: string,
  problem: string,
  location: Location,
) => error('PKQ305', `queue "${queue}": ${option} ${problem}`, 'Correct the value.', location)

export const optionIgnored = (
  queue: string,
  option: string,
  providers: readonly string[],
  instead: string,
  location: Location,
) =>
  warning(
    'PKQ306',
    `"${option}" of queue "${queue}" does nothing on ${providers.join(' and ')}`,
    `${instead}.`,
    location,
  )

export const deadLetterCycle = (path: readonly string[], location: Location) =>
  error(
    'PKQ307',
    `a dead letter queue leads back to itself: ${path.join(' → ')}`,
    'A job that fails for good would go round for ever. Let the last one have no deadLetterQueue.',
    location,
  )

export const resultIgnored = (queue: string, name: string, provider: string, location: Location) =>
  warning(
    'PKQ308',
    `"${name}" of queue "${queue}" returns a value, which ${provider} cannot carry`,
    'Use void as the output type where the queue must be portable.',
    location,
  )

export const asksForSession = (queue: string, name: string, what: string, location: Location) =>
  warning(
    'PKQ309',
    `"${name}" of queue "${queue}" has ${what}, but a queue's jobs have no user`,
    'It runs for every job without a check. Say auth: false and leave permissions out, or wire another function.',
    location,
  )

export const deadLetterMismatch = (queue: string, target: string, location: Location) =>
  warning(
    'PKQ310',
    `dead letters of queue "${queue}" do not fit the function of "${target}"`,
    'They keep their payload. Give both functions the same input type.',
    location,
  )

export const optionLimited = (
  queue: string,
  option: string,
  provider: string,
  taken: unknown,
  location: Location,
) =>
  warning(
    'PKQ311',
    `"${option}" of queue "${queue}" is out of range on ${provider}, which uses ${String(taken)}`,
    'It is within the range of the option, but not of what this provider can do.',
    location,
  )

export const deadLetterOrder = (
  queue: string,
  target: string,
  provider: string,
  suffix: string,
  location: Location,
) =>
  error(
    'PKQ312',
    `on ${provider}, queue "${queue}" cannot have the dead letter queue "${target}"`,
    `A queue whose name ends in ${suffix} has one that does too, and no other has.`,
    location,
  )
