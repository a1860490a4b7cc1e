import { posix } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import type { SettingsByProvider } from '../../runtime/connection-settings.ts'
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
}

/** Everything that is generated for the project, as text; paths are relative to its root. */
export function renderProject(
  model: ProjectModel,
  { outDir, provider, providers, connection }: RenderOptions,
): { path: string; text: string }[] {
  const file = (name: string, text: string) => ({ path: posix.join(outDir, name), text })
  const contracts = contractsOf(model)
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
    ...providers.map((name) =>
      file(
        `pikku-worker.${name}.gen.ts`,
        renderTemplate('pikku-worker', workerView(model, { provider: name, outDir, connection })),
      ),
    ),
    ...(providers.includes('sqs')
      ? [
          file(
            'pikku-worker.lambda.gen.ts',
            renderTemplate(
              'pikku-lambda',
              workerView(model, { provider: 'sqs', outDir, connection }),
            ),
          ),
        ]
      : []),
  ]
}
