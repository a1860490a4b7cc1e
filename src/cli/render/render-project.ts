import { posix } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import type { SettingsByProvider } from '../../runtime/connection-settings.ts'
import { buildFolder, providerBeside } from '../bootstraps.ts'
import type { ProjectModel } from '../model.ts'
import { clientView } from './client-view.ts'
import { contractsOf, contractsText } from './contracts.ts'
import { renderTemplate } from './template.ts'
import { typesView } from './types-view.ts'
import { workerView } from './worker-view.ts'

export interface RenderOptions {
  /** Relative to the root, as the paths of the model are. */
  outDir: string
  provider: ProviderName | undefined
  providers: readonly ProviderName[]
  connection: SettingsByProvider
  /** The provider that is run or built for: there is a bootstrap of it, wherever. */
  run?: ProviderName | undefined
}

interface RenderedFile {
  path: string
  text: string
}

/** Everything that is generated for the project, as text; paths are relative to its root. */
export function renderProject(model: ProjectModel, options: RenderOptions): RenderedFile[] {
  const { outDir, provider, providers, connection, run } = options
  const file = (name: string, text: string) => ({ path: posix.join(outDir, name), text })
  const contracts = contractsOf(model)
  const beside = providerBeside(providers, run)
  return [
    file('pikku-contracts.gen.json', contractsText(contracts)),
    file('pikku-types.gen.ts', renderTemplate('pikku-types', typesView(model.services, outDir))),
    file(
      'pikku-queue.gen.ts',
      renderTemplate(
        'pikku-queue',
        clientView(model, contracts, { configured: provider, connection }),
      ),
    ),
    ...providers.flatMap((name) => bootstraps(model, name, outDir, options)),
    ...(beside === undefined
      ? []
      : [
          { path: `${buildFolder}/.gitignore`, text: '*\n' },
          ...bootstraps(model, beside, buildFolder, options),
        ]),
  ]
}

/** @param folder of the bootstraps; relative to the root */
function bootstraps(
  model: ProjectModel,
  provider: ProviderName,
  folder: string,
  { outDir, connection }: RenderOptions,
): RenderedFile[] {
  const view = workerView(model, { provider, folder, outDir, connection })
  const templates = [
    { name: provider, template: 'pikku-worker' },
    ...(provider === 'sqs' ? [{ name: 'lambda', template: 'pikku-lambda' }] : []),
  ]
  return templates.map(({ name, template }) => ({
    path: posix.join(folder, `pikku-worker.${name}.gen.ts`),
    text: renderTemplate(template, view),
  }))
}
