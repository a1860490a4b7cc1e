import { createProvider as createPgBossProvider } from '../pg-boss/index.ts'
import { ok } from '../../findings.ts'
import type { CreateProvider, Finding, QueueDeclaration } from '../../provider.ts'
import { installedVersion } from './binaries.ts'
import { checkCluster, databaseUser, readPassword } from './cluster.ts'
import { findProjectRoot, wantedFolder } from './data-folder.ts'
import { exists } from './file-checks.ts'
import { explainFileError } from './folder-errors.ts'
import { loadPg } from './packages.ts'
import { findServer } from './server.ts'
import { isRoot } from './server-user.ts'
import { sharedPlace } from './shared-place.ts'
import { clusterIn } from './site.ts'

type Options = Pick<Parameters<CreateProvider>[0], 'logger'> & { dataDir: string | undefined }

/**
 * Looks over what there is: the programs, the data, and the server, if one is running. Nothing is set
 * up or started.
 * @throws PikkuQueueError: missingPackage, engineFolder, engineStart
 */
export async function examineEngine(
  { dataDir, logger }: Options,
  queues: QueueDeclaration[],
): Promise<Finding[]> {
  await loadPg()
  const projectRoot = findProjectRoot(process.cwd())
  const version = await installedVersion(projectRoot)
  const engine = ok(`PostgreSQL ${version} is installed for this platform`)
  const folder = await usedFolder(projectRoot, dataDir)
  const cluster = clusterIn(folder)
  if (!(await exists(cluster))) {
    return [engine, ok(`no data yet: the first worker or client sets them up in ${folder}`)]
  }
  try {
    await checkCluster({ folder, cluster }, version.replace(/\..*/, ''))
    const { running } = await findServer(cluster)
    if (running?.status !== 'ready' || running.port === undefined) {
      const found = `the data are in ${folder}; the first worker or client starts the server`
      return [engine, ok(found)]
    }
    const password = await readPassword(cluster)
    const connection = `postgres://${databaseUser}:${password}@127.0.0.1:${running.port}/postgres`
    const inner = createPgBossProvider({ role: 'producer', logger, connection })
    return [engine, ...((await inner.examine?.(queues)) ?? [])]
  } catch (error) {
    throw explainFileError(folder, error)
  }
}

/** Where the data are or would be; for root they may have gone elsewhere, see `openDataFolder`. */
async function usedFolder(projectRoot: string, dataDir: string | undefined): Promise<string> {
  const { named, folder } = wantedFolder(projectRoot, dataDir)
  if (named || !isRoot() || (await exists(clusterIn(folder)))) return folder
  const other = sharedPlace(projectRoot)
  return (await exists(clusterIn(other))) ? other : folder
}
