import { lstatSync, readFileSync, realpathSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { dirname, join, posix } from 'node:path'
import type { ts } from 'ts-morph'
import { serviceNames } from './find-services.ts'
import { isModule } from './is-module.ts'
import { generatedFunctions } from './overlay.ts'
import { isDeclaration, isInstalled } from './source-kinds.ts'

/** What a project's texts say at a glance, before anything of them is parsed. */
export interface Survey {
  /** The sources: what tsconfig.json includes, and what those import from elsewhere as sources. */
  sources: string[]
  /** Sources that name one of the generated functions, or their file. */
  mentioning: string[]
  /** Files that may export services. */
  services: string[]
  /** Files whose declarations hold everywhere. */
  ambient: string[]
  /** What is imported, is not installed, and tsconfig.json does not list: sources and others. */
  elsewhere: string[]
}

export interface SurveyedProject {
  options: ts.CompilerOptions
  folder: string
  /** What tsconfig.json includes, without what is generated. */
  files: readonly string[]
  read(path: string): string | undefined
  resolveText(specifier: string, from: string): string | undefined
  /** Is it a source, rather than something installed or generated? */
  isOwn(path: string): boolean
}

/** Looks at the texts of a project, and again only at those that have changed. */
export class Surveyor {
  readonly #project: SurveyedProject
  readonly #listed: ReadonlySet<string>
  readonly #leads: Leads
  readonly #glances = new Map<string, Glance>()

  constructor(project: SurveyedProject) {
    this.#project = project
    this.#listed = new Set(project.files)
    this.#leads = new Leads(project, this.#listed)
  }

  survey(): Survey {
    const found: Survey = {
      sources: [],
      mentioning: [],
      services: [],
      ambient: [],
      elsewhere: [],
    }
    const elsewhere = new Set<string>()
    const seen = new Set(this.#listed)
    for (const path of seen) {
      const text = this.#project.read(path)
      if (text === undefined) continue
      const glance = this.#glance(path, text)
      for (const other of glance.leads) elsewhere.add(other)
      for (const other of glance.elsewhere) seen.add(other)
      if (glance.isAmbient) found.ambient.push(path)
      const mayServe = glance.hasServices || glance.elsewhere.length > 0
      if (mayServe && this.#listed.has(path)) found.services.push(path)
      if (isDeclaration(path)) continue
      found.sources.push(path)
      if (glance.isMentioning) found.mentioning.push(path)
    }
    found.elsewhere.push(...elsewhere)
    const { sources, mentioning, services, ambient } = found
    for (const paths of [sources, mentioning, services, ambient, found.elsewhere]) paths.sort()
    return found
  }

  #glance(path: string, text: string): Glance {
    const known = this.#glances.get(path)
    if (known?.text === text) return known
    const leads = this.#leads.of(path, text)
    const elsewhere = leads.filter((it) => this.#project.isOwn(it))
    const glance = { ...glanceAt(path, text), text, leads, elsewhere }
    this.#glances.set(path, glance)
    return glance
  }
}

/** What one text says. */
interface Glance extends ReturnType<typeof glanceAt> {
  text: string
  /** Files that it imports and that tsconfig.json does not list, and the sources among them. */
  leads: string[]
  elsewhere: string[]
}

function glanceAt(path: string, text: string) {
  return {
    isMentioning: mention.test(text),
    hasServices: service.test(text),
    isAmbient:
      isDeclaration(path) || /\bdeclare\s+(?:global|module)\b/.test(text) || !isModule(path, text),
  }
}

const mention = new RegExp([...generatedFunctions, 'pikku-types\\.gen'].join('|'))
const service = new RegExp([...serviceNames].join('|'))

const imported =
  /(?:\b(?:from|import|require)\s*\(?\s*(?:\/\*.*?\*\/\s*)*|<reference\s+path=)(["'`])([^"'`\n]+)\1/g

/** Imports that lead to sources which tsconfig.json does not list: few do, and most cannot. */
class Leads {
  readonly #project: SurveyedProject
  readonly #listed: ReadonlySet<string>
  /** Listed files as relative imports name them. */
  readonly #stems: ReadonlySet<string>
  readonly #linked = new Map<string, boolean>()
  readonly #patterns: readonly string[]

  constructor(project: SurveyedProject, listed: ReadonlySet<string>) {
    this.#project = project
    this.#listed = listed
    this.#stems = new Set([...listed].flatMap((path) => stemsOf(path)))
    const { paths = {} } = project.options
    // With a `baseUrl`, deprecated as it is, any name may be a folder.
    this.#patterns =
      'baseUrl' in project.options ? [''] : Object.keys(paths).map((it) => it.split('*')[0] ?? '')
  }

  of(path: string, text: string): string[] {
    return [...text.matchAll(imported)].flatMap(({ 2: specifier = '', index }) => {
      if (!this.#mayLead(specifier, path)) return []
      const target = this.#project.resolveText(specifier, path)
      const isElsewhere = target !== undefined && !this.#listed.has(target) && !isInstalled(target)
      return isElsewhere && !isCommentedOut(text, index) ? [target] : []
    })
  }

  #mayLead(specifier: string, from: string): boolean {
    if (/^\.\.?(\/|$)/.test(specifier)) {
      const target = posix.join(posix.dirname(from), specifier)
      return !this.#stems.has(target.replace(/\.[cm]?[jt]sx?$/, ''))
    }
    if (specifier.startsWith('#')) return true
    if (this.#patterns.some((start) => specifier.startsWith(start))) return true
    const [name] = /^(@[^/]+\/)?[^/]+/.exec(specifier) ?? []
    if (name === undefined || name.includes(':') || isBuiltin(name)) return false
    return this.#mayBeLinked(name, dirname(from))
  }

  /**
   * The packages of a workspace are links, and one that is not there may become one; the project's own name is one
   * without a link.
   */
  #mayBeLinked(name: string, folder: string): boolean {
    const key = `${folder}\0${name}`
    let known = this.#linked.get(key)
    if (known === undefined) {
      known = !isUnlinked(name, folder) || name === packageName(this.#project.folder)
      this.#linked.set(key, known)
    }
    return known
  }
}

/** Whether that line is a comment up to there; `/// <reference` is one that counts. */
function isCommentedOut(text: string, index: number): boolean {
  const before = text.slice(text.lastIndexOf('\n', index) + 1, index)
  return /^\s*\/\//.test(before) && !text.startsWith('<reference', index)
}

/** `a/b` and, of `a/b/index`, `a/b` too. */
function stemsOf(path: string): string[] {
  const stem = path.replace(/(\.d)?\.[cm]?[jt]sx?$/, '')
  return stem.endsWith('/index') ? [stem, stem.slice(0, -'/index'.length)] : [stem]
}

/** Whether it is installed, rather than linked or not there. */
function isUnlinked(name: string, folder: string): boolean {
  for (let here = folder; ; here = dirname(here)) {
    const path = join(here, 'node_modules', name)
    try {
      return !lstatSync(path).isSymbolicLink() || realpathSync(path).includes('node_modules')
    } catch {
      if (dirname(here) === here) return false
    }
  }
}

function packageName(folder: string): string | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const isNamed = typeof manifest === 'object' && manifest !== null && 'name' in manifest
    return isNamed && typeof manifest.name === 'string' ? manifest.name : undefined
  } catch {
    return undefined
  }
}
