import { error, warning } from './diagnostic.ts'
import type { Location } from './model.ts'

/* What `pikku init` has to say; PKQ0xx, as all that is about a project and its configuration. */

export const brokenPackageJson = (reason: string, location: Location) =>
  error(
    'PKQ014',
    `package.json cannot be used: ${reason}`,
    'Correct it at this place; nothing was written.',
    location,
  )

export const wontCompile = (reason: string, hint: string, location?: Location) =>
  error('PKQ015', `generated code would not compile here: ${reason}`, hint, location)

export const keptAsItIs = (what: string, hint: string, location?: Location) =>
  warning('PKQ016', `${what} is kept as it is`, hint, location)

export const notIncluded = (tsconfig: string, what: string, hint: string) =>
  warning('PKQ017', `${tsconfig} does not include ${what}, and is kept as it is`, hint)

export const insideProject = (folder: string, project: string) =>
  error(
    'PKQ018',
    `${folder} is a folder of the project in ${project}`,
    'Run the command there, or, to have a project of its own here, `npm init` first.',
  )

export const installFailed = (command: string, outcome: string) =>
  error(
    'PKQ019',
    `\`${command}\` ${outcome}`,
    'The files are written. Mend what it complains of and run it again.',
  )
