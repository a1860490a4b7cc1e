import { didYouMean, error, placeOf, quotedList, warning, type Diagnostic } from './diagnostic.ts'
import type { Location } from './model.ts'

export * from './build-diagnostics.ts'
export * from './rule-diagnostics.ts'
export * from './setup-diagnostics.ts'
export { inOrder, isError, placeOf, type Diagnostic, type Severity } from './diagnostic.ts'

/*
 * Every diagnostic the generator makes. Codes are permanent: a code is never given a new meaning.
 *
 * PKQ0xx the project and its configuration (those of `pikku init` in setup-diagnostics.ts) · PKQ1xx what
 * the scan reads · PKQ2xx payload types (beside the expander, in scan/types/problems.ts) · PKQ3xx rules
 * over what was found (in rule-diagnostics.ts)
 */

/** Node's own words, without the path that the message around them names already. */
export function reasonOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return message.replace(/^(\w+: [^,]+), .*$/s, '$1')
}

// The project and its configuration

export const noProject = (folder: string) =>
  error(
    'PKQ001',
    `there is no project in ${folder}`,
    'Run the command in a folder that has a package.json and a tsconfig.json, or below one; `npx pikku-queue init` sets one up.',
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
    didYouMean(guess, `It takes ${quotedList(known)}.`),
    location,
  )

export const badConfigValue = (what: string, expected: string, location: Location) =>
  error('PKQ007', `${what} must be ${expected}`, 'Correct it in pikku.config.json.', location)

export const unknownProvider = (
  name: string,
  guess: string | null,
  known: readonly string[],
  location: Location,
) =>
  error(
    'PKQ008',
    `there is no provider "${name}"`,
    didYouMean(guess, `Choose one of ${quotedList(known)}.`),
    location,
  )

export const stale = (files: readonly string[]) =>
  error(
    'PKQ009',
    `out of date: ${files.join(', ')}`,
    'Run `npx pikku generate`, and commit the result where generated files are committed.',
  )

export const cannotWrite = (file: string, thrown: unknown) =>
  error(
    'PKQ010',
    `${file} cannot be written: ${reasonOf(thrown)}`,
    `Nothing is half-written. ${remedyFor(file, thrown)}`,
  )

function remedyFor(file: string, thrown: unknown): string {
  if (reasonOf(thrown).startsWith('EISDIR')) return 'Move the folder out of the way.'
  return isGenerated(file)
    ? 'Make the folder writable, or set another "outDir" in pikku.config.json.'
    : 'Make the folder writable.'
}

const isGenerated = (file: string): boolean => /\.gen\.\w+$/.test(file)

export const cannotWatch = (thrown: unknown) =>
  warning(
    'PKQ013',
    `not all files are watched: ${reasonOf(thrown)}`,
    'Mend it, or run `npx pikku generate` yourself when one of those changes.',
  )

export const notGenerated = (file: string, reason: string) =>
  error('PKQ020', `${file} ${reason}`, 'Run `npx pikku generate`: it says which queues there are.')

export const outsideRootDir = (outDir: string, rootDir: string) =>
  warning(
    'PKQ012',
    `generated files are in ${outDir}, which is outside of the "rootDir" ${rootDir} of tsconfig.json`,
    'The compiler will refuse them (TS6059). Set "outDir" in pikku.config.json to a folder inside it.',
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

/** The same, where the module is not there that is imported, or exported again, at that place. */
export const asModuleIsMissing = (
  why: Diagnostic,
  specifier: string,
  at: Location,
): Diagnostic => ({
  ...why,
  message: `${why.message}, as "${specifier}", imported at ${placeOf(at)}, leads nowhere`,
  hint: 'Correct that import; `npx tsc` says the same.',
})

export const noFunction = (queue: string, location: Location) =>
  error(
    'PKQ107',
    `queue "${queue}" is wired to no function`,
    'Give it one: func: yourFunction, made with pikkuSessionlessFunc.',
    location,
  )

/** @param name null for what has none */
export const notQueueFunction = (queue: string, name: string | null, location: Location) =>
  error(
    'PKQ108',
    name === null
      ? `what is wired to queue "${queue}" is not made with pikkuSessionlessFunc`
      : `"${name}", wired to queue "${queue}", is not made with pikkuSessionlessFunc`,
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

/** Of the same kind: a part of it. */
export const configPartNotStatic = (queue: string, location: Location) =>
  warning(
    'PKQ109',
    `what the config of queue "${queue}" has from here cannot be known before the program runs`,
    'It works, but is checked only when the worker starts. Jobs are added with the retry defaults that come after it.',
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

/** @param name null for what has none */
export const functionNotFound = (queue: string, name: string | null, location: Location) =>
  error(
    'PKQ113',
    name === null
      ? `the function of queue "${queue}" cannot be known before the program runs: it may be anything`
      : `"${name}", wired to queue "${queue}", cannot be found`,
    name === null
      ? 'Name one that is made with pikkuSessionlessFunc: func: yourFunction. `npx tsc` says if something in it cannot be found.'
      : 'Correct its import, or declare it; `npx tsc` says why.',
    location,
  )

export const functionChosen = (queue: string, location: Location) =>
  error(
    'PKQ121',
    `queue "${queue}" is wired to one of several functions, which take different payloads`,
    'Which one it is, is known only when the program runs. Give each a queue of its own, or all the same input type.',
    location,
  )

export const callNotInferable = (queue: string, reason: string, location: Location) =>
  error(
    'PKQ114',
    `the types of queue "${queue}" cannot be inferred: ${reason}`,
    'Correct the call, or give the types: pikkuSessionlessFunc<Input, Output>(…).',
    location,
  )

export const circularServices = (factory: string, type: string, location: Location) =>
  error(
    'PKQ116',
    `${factory} returns ${type}, the generated type that follows from what it returns`,
    'Leave the return type out: what is returned says it.',
    location,
  )

export const typesFileNotFound = (
  specifier: string,
  right: string,
  outDir: string,
  location: Location,
) =>
  error(
    'PKQ117',
    `"${specifier}" leads nowhere: what is wired through it would be missed`,
    specifier.startsWith('#')
      ? `Have package.json say { "imports": { "#pikku/*": "./${outDir}/*" } } and import '#pikku/pikku-types.gen.js'.`
      : `The generated functions are in '${right}'.`,
    location,
  )

export const unknownWiringKey = (
  key: string,
  guess: string | null,
  known: readonly string[],
  location: Location,
) =>
  error(
    'PKQ118',
    `a wiring has no "${key}"`,
    didYouMean(guess, `It takes ${known.join(', ')}.`),
    location,
  )

export const passedOn = (name: string, location: Location) =>
  warning(
    'PKQ119',
    `${name} is passed on here, and calls of it cannot be followed any further`,
    'Call it by its name, or by a constant: what is wired in another way is not generated.',
    location,
  )

/** Of the same kind: there may be a queue that nobody sees. */
export const calledUnknown = (name: string, location: Location) =>
  warning(
    'PKQ119',
    `${name} is called here, and whether it is the generated function cannot be known`,
    "Import it from '#pikku/pikku-types.gen.js', or give what it is called of a type: there is no such queue until then.",
    location,
  )

export const notImported = (name: string, location: Location) =>
  warning(
    'PKQ120',
    `${name} is called here, but nothing of that name is imported`,
    "Import it from '#pikku/pikku-types.gen.js': until then there is no such queue.",
    location,
  )

/** @param meant the file that the compiler lists by a path that is none, if that is why */
export const sourceNotReadable = (path: string, meant: string | null) =>
  warning(
    'PKQ122',
    `${meant ?? path} cannot be read: what is wired there is not found`,
    meant === null
      ? 'Make it readable, or leave it out in tsconfig.json.'
      : 'To the compiler a backslash in the name of a file is a slash. Give it another name.',
  )
