import type { ProviderName } from '../../runtime/capabilities.ts'
import type { SettingsByProvider } from '../../runtime/connection-settings.ts'
import type { ProjectModel } from '../model.ts'
import { dataText } from './data-text.ts'
import { importLines, quotedSpecifier } from '../import-line.ts'

const factoryNames = ['createConfig', 'createSingletonServices', 'createSessionServices'] as const

/** The view of `pikku-worker.<provider>.gen.ts`. */
export function workerView(
  { services, wiringFiles }: ProjectModel,
  {
    provider,
    folder,
    outDir,
    connection,
  }: {
    provider: ProviderName
    /** Where it goes; relative to the root. */
    folder: string
    outDir: string
    connection: SettingsByProvider
  },
): Record<string, unknown> {
  const factories = factoryNames.filter((name) => services[name] !== null)
  return {
    settings: connection[provider] && dataText(connection[provider]),
    client: quotedSpecifier(folder, `${outDir}/pikku-queue.gen.ts`),
    entryPoint: `pikku-queue/${provider}`,
    factories,
    serviceImports: importLines(
      factoryNames.flatMap((as) => {
        const from = services[as]
        return from ? [{ from, as }] : []
      }),
      folder,
      'value',
    ),
    wiringImports: wiringFiles.map((file) => `import ${quotedSpecifier(folder, file)}`),
  }
}
