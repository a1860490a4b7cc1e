import type { ServicesModel } from '../model.ts'
import { serviceTypes } from '../service-types.ts'

/** The view of `pikku-types.gen.ts`. */
export function typesView(services: ServicesModel, outDir: string): Record<string, unknown> {
  const types = serviceTypes(services, outDir)
  const usedCoreTypes = ['CoreConfig', 'CoreSingletonServices'].filter((name) =>
    [types.config, types.singletonServices].some((text) => text.startsWith(name)),
  )
  return { ...types, coreTypes: [...usedCoreTypes, 'Definitions', 'ServicesFor'] }
}
