import type { Group } from '../case.ts'
import { adding } from './adding.ts'
import { around } from './around.ts'
import { concurrency } from './concurrency.ts'
import { contracts } from './contracts.ts'
import { crashes } from './crashes.ts'
import { deadLetters } from './dead-letters.ts'
import { delaying } from './delaying.ts'
import { ending } from './ending.ts'
import { jobIds } from './job-ids.ts'
import { keeping } from './keeping.ts'
import { limits } from './limits.ts'
import { managing } from './managing.ts'
import { operating } from './operating.ts'
import { priorities } from './priorities.ts'
import { progress } from './progress.ts'
import { results } from './results.ts'
import { retrying } from './retrying.ts'
import { shuttingDown } from './shutting-down.ts'
import { statuses } from './statuses.ts'
import { timeouts } from './timeouts.ts'
import { transactions } from './transactions.ts'
import { workerOptions } from './worker-options.ts'

/** What every provider has to do, those that take longest first. */
export const groups: readonly Group[] = [
  crashes,
  retrying,
  workerOptions,
  keeping,
  limits,
  contracts,
  adding,
  delaying,
  priorities,
  jobIds,
  transactions,
  statuses,
  results,
  progress,
  managing,
  operating,
  ending,
  deadLetters,
  timeouts,
  around,
  concurrency,
  shuttingDown,
]
