import type { ScenarioName } from '../backend.ts'
import type { Trial } from '../trial.ts'
import { blocked } from './blocked.ts'
import { connectionsCut } from './connections-cut.ts'
import { connectionsHang } from './connections-hang.ts'
import { serverKilled } from './server-killed.ts'
import { stopped } from './stopped.ts'
import { terminated } from './terminated.ts'
import { workersKilled } from './workers-killed.ts'

export const scenarios: [ScenarioName, (trial: Trial) => Promise<void>][] = [
  ['workers are killed', workersKilled],
  ['the server is killed', serverKilled],
  ['connections are cut', connectionsCut],
  ['connections hang', connectionsHang],
  ['workers are terminated', terminated],
  ['a worker is stopped', stopped],
  ['a function blocks its worker', blocked],
]
