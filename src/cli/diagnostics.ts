import type { Location } from './model.ts'

export type Severity = 'error' | 'warning'

/** Something to tell the user about their project; `report.ts` prints it with a code frame. */
export interface Diagnostic {
  code: string
  severity: Severity
  message: string
  hint: string
  /** Absent when it is about no place in the sources. */
  location?: Location
}

/*
 * Every diagnostic the generator makes. Codes are permanent: a code is never given a new meaning.
 *
 * PKQ0xx the project and its configuration · PKQ1xx what the scan reads · PKQ2xx payload types ·
 * (beside the expander, in scan/types/problems.ts) · PKQ3xx rules over what was found
 */

const error = (code: string, message: string, hint: string, location?: Location): Diagnostic => ({
  code,
  severity: 'error',
  message,
  hint,
  ...(location && { location }),
})

const warning = (code: string, message: string, hint: string, location?: Location): Diagnostic => ({
  code,
  severity: 'warning',
  message,
  hint,
  ...(location && { location }),
})

export const isError = (diagnostic: Diagnostic): boolean => diagnostic.severity === 'error'

/** `file:line:column`, as editors and terminals link it. */
export const placeOf = ({ file, line, column }: Location): string => `${file}:${line}:${column}`

const list = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ')

const didYouMean = (guess: string | null, else_: string): string =>
  guess === null ? else_ : `Did you mean "${guess}"?`

/** Node's own words, without the path that the message around them names already. */
function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return message.replace(/^(\w+: [^,]+), .*$/s, '$1')
}

/** In the order of the sources, so that it does not depend on who found what first. */
export function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return [...diagnostics].sort((a, b) => {
    if (!a.location || !b.location) return Number(!!a.location) - Number(!!b.location)
    const { file, line, column } = a.location
    if (file !== b.location.file) return file < b.location.file ? -1 : 1
    return line - b.location.line || column - b.location.column
  })
}

// The project and its configuration

export const noProject = (folder: string) =>
  error(
    'PKQ001',
    `there is no project in ${folder}`,
    'Run the command in a folder that has a package.json and a tsconfig.json, or below one.',
  )

export const noTsconfig = (tsconfig: string) =>
  error(
    'PKQ002',
    `there is no ${tsconfig}`,
    'Make one with `npx tsc --init`, or name yours in pikku.config.json: { "tsconfig": "…" }.',
  )

export const brokenTsconfig = (tsconfig: string, reason: string, location?: Location) =>
  error(
    'PKQ003',
    `${tsconfig} cannot be used: ${reason}`,
    'Correct it; `npx tsc` says the same.',
    location,
  )

export const emptyTsconfig = (tsconfig: string) =>
  error(
    'PKQ004',
    `${tsconfig} includes no TypeScript file`,
    'Name the files in its "include", or the right one in pikku.config.json: { "tsconfig": "…" }.',
  )

export const brokenConfig = (reason: string, location: Location) =>
  error(
    'PKQ005',
    `pikku.config.json is not valid JSON: ${reason}`,
    'Correct it at this place.',
    location,
  )

export const unknownConfigKey = (
  key: string,
  guess: string | null,
  known: readonly string[],
  location: Location,
) =>
  error(
    'PKQ006',
    `pikku.config.json has no setting "${key}"`,
    didYouMean(guess, `It takes ${list(known)}.`),
    location,
  )

export const badConfigValue = (what: string, expected: string, location: Location) =>
  error('PKQ007', `${what} must be ${expected}`, 'Correct it in pikku.config.json.', location)

export const unknownProvider = (
  name: string,
  guess: string | null,
  known: readonly string[],
  location?: Location,
) =>
  error(
    'PKQ008',
    `there is no provider "${name}"`,
    didYouMean(guess, `Choose one of ${list(known)}.`),
    location,
  )

export const stale = (files: readonly string[]) =>
  error('PKQ009', `out of date: ${files.join(', ')}`, 'Run `pikku generate` and commit the result.')

export const cannotWrite = (file: string, thrown: unknown) =>
  error(
    'PKQ010',
    `${file} cannot be written: ${reasonOf(thrown)}`,
    'Nothing is half-written. Make the folder writable, or set another "outDir" in pikku.config.json.',
  )

// What the scan reads

export const syntaxError = (reason: string, location: Location) =>
  error('PKQ101', reason, 'Correct the syntax; nothing was generated.', location)

export const wiringNotReadable = (location: Location) =>
  error(
    'PKQ102',
    'what is wired cannot be known before the program runs',
    "Give wireQueueWorker an object where it is called: wireQueueWorker({ queue: 'name', func }).",
    location,
  )

export const noQueueName = (location: Location) =>
  error(
    'PKQ103',
    'this worker is wired to no queue',
    "Name the queue: wireQueueWorker({ queue: 'name', func }).",
    location,
  )

export const queueNameNotStatic = (location: Location) =>
  error(
    'PKQ104',
    'the queue name cannot be known before the program runs',
    'Use a literal, a constant, an enum member or a property of a constant object.',
    location,
  )

export const queueNameNotText = (location: Location) =>
  error(
    'PKQ105',
    'a queue name must be a string that is not empty',
    "Write it as queue: 'name'.",
    location,
  )

export const oldQueueSpelling = (spelling: string, location: Location) =>
  warning(
    'PKQ106',
    `"${spelling}" is an older spelling of "queue"`,
    `Rename "${spelling}" to "queue".`,
    location,
  )

export const noFunction = (queue: string, location: Location) =>
  error(
    'PKQ107',
    `queue "${queue}" is wired to no function`,
    'Give it one: func: yourFunction, made with pikkuSessionlessFunc.',
    location,
  )

export const notQueueFunction = (queue: string, name: string, location: Location) =>
  error(
    'PKQ108',
    `"${name}", wired to queue "${queue}", is not made with pikkuSessionlessFunc`,
    'Wrap it: pikkuSessionlessFunc<Input, Output>(…), imported from the generated pikku-types.gen.js.',
    location,
  )

export const configNotStatic = (queue: string, location: Location) =>
  warning(
    'PKQ109',
    `the config of queue "${queue}" cannot be known before the program runs`,
    'It works, but is checked only when the worker starts, and jobs are added without its retry defaults.',
    location,
  )

export const optionNotStatic = (queue: string, option: string, location: Location) =>
  warning(
    'PKQ110',
    `"${option}" of queue "${queue}" cannot be known before the program runs`,
    'It works, but is checked only when the worker starts, and clients do not know it.',
    location,
  )

export const tagsNotStatic = (queue: string, location: Location) =>
  warning(
    'PKQ111',
    `the tags of queue "${queue}" cannot be known before the program runs`,
    'They work, but the generated files do not show them. Use literals or constants.',
    location,
  )

export const exportedTwice = (name: string, other: Location, location: Location) =>
  error(
    'PKQ112',
    `${name} is exported twice: here and at ${placeOf(other)}`,
    'Keep one, or rename the other, or exclude its file in tsconfig.json.',
    location,
  )

export const functionNotFound = (queue: string, name: string, location: Location) =>
  error(
    'PKQ113',
    `"${name}", wired to queue "${queue}", cannot be found`,
    'Correct its import, or declare it; `npx tsc` says why.',
    location,
  )

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

// Bundling

export const bundleFailed = (reason: string, location?: Location) =>
  error(
    'PKQ011',
    `the worker cannot be bundled: ${reason}`,
    'Correct it and start again.',
    location,
  )
