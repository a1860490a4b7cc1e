import { join } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { bootstrapOf } from '../bootstraps.ts'
import { bundleWorker } from '../bundle/bundle-worker.ts'
import { readConfig } from '../config/read-config.ts'
import { deleteAtEnd } from '../delete-at-end.ts'
import { generateInChild } from '../generate-in-child.ts'
import { reportDiagnostics, reportLine } from '../report.ts'
import { runBundle } from '../run-bundle.ts'

/**
 * Generates, bundles and runs the worker in this process, so that signals reach it and its exit code
 * is ours. Returns an exit code when it could not be started.
 */
export async function worker(options: {
  cwd: string
  provider: ProviderName | undefined
}): Promise<number | undefined> {
  const { config, root, diagnostics } = readConfig(options.cwd)
  if (!config) return reportDiagnostics(diagnostics, { root })
  const { name } = chooseProvider({
    asked: options.provider,
    configured: config.provider,
    environment: process.env,
  })
  if (process.stdout.isTTY) reportLine('generating and bundling …')
  const generated = await generateInChild(name)
  if (generated !== 0) return generated

  const entry = join(root, bootstrapOf(config, name))
  const bundle = await bundleWorker(root, entry, join(root, config.tsconfig))
  if ('diagnostics' in bundle) return reportDiagnostics(bundle.diagnostics, { root })
  const forget = deleteAtEnd(bundle.file)
  await runBundle(bundle.file)
  forget()
  return undefined
}
