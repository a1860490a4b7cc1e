import type { ts } from 'ts-morph'
import type { FoundServices } from './find-services.ts'
import type { Sources } from './sources.ts'
import type { Survey } from './survey.ts'

/** What all files of a project are scanned with. */
export interface UnitProject {
  root: string
  outDir: string
  options: ts.CompilerOptions
  /** Whether files may get a program of no more than what their syntax leads to. */
  isNarrow: boolean
  sources: Sources
  survey: Survey
  /** Absolute; the stand-ins of the generated files. */
  typesFile: string
  clientFile: string
  isGenerated: (path: string) => boolean
  /** Is it a source, rather than something installed or generated? */
  isOwn: (path: string) => boolean
  services: FoundServices
}
