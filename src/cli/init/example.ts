import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { capabilities, type ProviderName } from '../../runtime/capabilities.ts'
import { renderTemplate } from '../render/template.ts'
import type { Folder } from './folder.ts'
import type { Layout } from './layout.ts'
import type { PlannedFile } from './plan-files.ts'

const parts = [
  { template: 'init/email.function', file: 'email.function.ts', what: 'a function' },
  { template: 'init/email.queue', file: 'email.queue.ts', what: 'the queue it works on' },
  { template: 'init/signup', file: 'signup.ts', what: 'adds a job to it' },
]

/** The producer of the example. */
export const producer = 'signup'

/** The files of the example that are there already, and are something else then. */
export function examplesInTheWay({ root }: Folder, { sources }: Layout): string[] {
  return parts
    .map(({ file }) => posix.join(sources, file))
    .filter((path) => existsSync(join(root, path)))
}

/** One function, its wiring and a producer. */
export function planExample(
  { isModule }: Folder,
  { sources, generated }: Layout,
  provider: ProviderName,
): PlannedFile[] {
  const view = {
    generated,
    isModule,
    hasResults: capabilities[provider].results,
  }
  return parts.map(({ template, file, what }) => ({
    path: posix.join(sources, file),
    text: renderTemplate(template, view),
    isNew: true,
    what,
  }))
}
