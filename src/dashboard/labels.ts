import { readFileSync } from 'node:fs'
import { isRecord } from '../runtime/plain-json.ts'

/** What the board's interface calls otherwise than it is here. */
const labels = {
  JOB: {
    // See board-job.ts.
    ACTIONS: {
      REMOVE_UNPROCESSED_CHILDREN: 'Retry',
      CONFIRM: {
        REMOVE_UNPROCESSED_CHILDREN: 'Are you sure that you want to retry this discarded job?',
      },
    },
  },
  QUEUE: {
    // See statuses.ts.
    STATUS: { 'WAITING-CHILDREN': 'Discarded' },
    INFO: { TYPE: 'Shown as' },
    ACTIONS: {
      EMPTY: 'Drain',
      CONFIRM: { EMPTY_QUEUE: 'Remove all jobs that wait or are delayed?' },
    },
  },
}

/** The texts of the board's interface in English, with our words for what is different here. */
export function interfaceTexts(file: string): Record<string, unknown> {
  const texts: unknown = JSON.parse(readFileSync(file, 'utf8'))
  return isRecord(texts) ? overlay(texts, labels) : labels
}

function overlay(
  below: Record<string, unknown>,
  above: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...below }
  for (const [key, value] of Object.entries(above)) {
    const under = below[key]
    merged[key] = isRecord(under) && isRecord(value) ? overlay(under, value) : value
  }
  return merged
}
