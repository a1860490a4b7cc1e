import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { errorCodes, PikkuQueueError } from '../../runtime/errors.ts'
import { bundleWorker } from '../bundle/bundle-worker.ts'
import { readConfig } from '../config/read-config.ts'
import { reportDiagnostics, reportLine } from '../report.ts'

/**
 * Generates, bundles and runs the worker in this process, so that signals reach it and its exit code
 * is ours. Returns an exit code when it could not be started.
 */
export async function worker(options: {
  cwd: string
  provider: ProviderName | undefined
}): Promise<number | undefined> {
  const { config, root, diagnostics } = readConfig(
    options.cwd,
    options.provider === undefined ? [] : [options.provider],
  )
  if (!config) return reportDiagnostics(diagnostics, { root })
  const { name } = chooseProvider({
    asked: options.provider,
    configured: config.provider,
    environment: process.env,
  })
  if (process.stdout.isTTY) reportLine('generating and bundling …')
  const generated = await generateInChild(name)
  if (generated !== 0) return generated

  const entry = join(root, config.outDir, `pikku-worker.${name}.gen.ts`)
  const bundle = await bundleWorker(root, entry, join(root, config.tsconfig))
  if ('diagnostics' in bundle) return reportDiagnostics(bundle.diagnostics, { root })
  process.setSourceMapsEnabled(true)
  try {
    await import(pathToFileURL(bundle.file).href)
  } catch (error) {
    throw loadFailure(error)
  } finally {
    await rm(bundle.file, { force: true })
  }
  return undefined
}

/** Whatever is thrown while the bundle is loaded comes from the user's own files. */
function loadFailure(error: unknown): PikkuQueueError {
  if (error instanceof PikkuQueueError) return error
  const missing = error instanceof Error && /^Cannot find package '(.+?)'/.exec(error.message)?.[1]
  if (missing) {
    return new PikkuQueueError(
      errorCodes.loadFailed,
      `the worker imports the package ${missing}, which is not installed`,
      { hint: `Run: npm install ${missing}`, cause: error },
    )
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return new PikkuQueueError(
    errorCodes.loadFailed,
    `a file of the worker threw while it was loaded: ${reason}`,
    { hint: 'Nothing was started.', cause: error },
  )
}

/** In a process of its own: the compiler's memory is not kept for the worker's life. */
function generateInChild(provider: ProviderName): Promise<number> {
  const [, pikku = ''] = process.argv
  const child = spawn(process.execPath, [pikku, 'generate', '--quiet', '--provider', provider], {
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}
