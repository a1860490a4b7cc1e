import { type Import, importLines } from './import-line.ts'
import type { ExportedFunction, ServicesModel } from './model.ts'

/** TypeScript text: how the types of a project's services follow from what it exports. */
export interface ServiceTypes {
  /** Import lines. */
  imports: string[]
  config: string
  singletonServices: string
  sessionServices: string
}

/**
 * The service types for a file in `outDir`: hand-written interfaces first, else return types, else
 * the core types by their own names.
 */
export function serviceTypes(services: ServicesModel, outDir: string): ServiceTypes {
  const imports: Import[] = []
  const use = (from: ExportedFunction, as: string): string => {
    imports.push({ from, as })
    return as
  }
  const written = (found: ExportedFunction | null, alias: string) => found && use(found, alias)
  const made = (found: ExportedFunction | null, alias: string) =>
    found && `Awaited<ReturnType<typeof ${use(found, alias)}>>`

  const types = {
    config: made(services.createConfig, 'createConfig') ?? 'CoreConfig',
    singletonServices:
      written(services.singletonInterface, 'UserSingletonServices') ??
      made(services.createSingletonServices, 'createSingletonServices') ??
      'CoreSingletonServices<Config>',
    sessionServices:
      written(services.sessionInterface, 'UserSessionServices') ??
      made(services.createSessionServices, 'createSessionServices') ??
      'Record<never, never>',
  }
  return { ...types, imports: importLines(imports, outDir, 'type') }
}
