import type { Logger } from '../../types.ts'
import { findBinaries } from './binaries.ts'
import { checkCluster, ensureCluster } from './cluster.ts'
import { findProjectRoot, openDataFolder, wantedFolder } from './data-folder.ts'
import { exists } from './file-checks.ts'
import { explainFileError } from './folder-errors.ts'
import { joinServer } from './join-server.ts'
import { EngineShare, type Engine } from './engine-share.ts'
import { loadPg } from './packages.ts'
import { makeSite, type Site } from './site.ts'

export interface EngineOptions {
  /**
   * Default: `PIKKU_DATA_DIR`, else `.pikku/data`. Relative to the project's root: the nearest folder
   * from the working directory upwards with a pikku.config.json, else with a package.json.
   */
  dataDir?: string | undefined
  logger: Logger
}

export type { Engine }

/**
 * Joins the PostgreSQL of a data folder, and sets it up and starts it when need be. There is one
 * server for each folder, shared by all processes that join. It is durable: what was committed
 * survives `kill -9` and power cuts.
 *
 * Should the server die, it is started again on the same port in the background.
 *
 * @throws PikkuQueueError: missingPackage, engineFolder, engineStart
 */
export async function joinEngine({ dataDir, logger }: EngineOptions): Promise<Engine> {
  // Before anything is started: a server that nobody can speak to would be left running.
  await loadPg()
  const site = await prepareSite(dataDir, logger)
  try {
    if (!(await exists(site.cluster))) {
      logger.info('setting up the embedded PostgreSQL: this happens once and takes some seconds')
      await ensureCluster(site)
    }
    await checkCluster(site, site.binaries.major)
    return new EngineShare(site, await joinServer(site), logger)
  } catch (error) {
    throw explainFileError(site.folder, error)
  }
}

async function prepareSite(dataDir: string | undefined, logger: Logger): Promise<Site> {
  const projectRoot = findProjectRoot(process.cwd())
  const wanted = wantedFolder(projectRoot, dataDir)
  const { folder, user } = await openDataFolder(projectRoot, wanted, logger).catch(
    (error: unknown) => {
      throw explainFileError(wanted.folder, error)
    },
  )
  return makeSite(folder, user, await findBinaries(projectRoot, user))
}
