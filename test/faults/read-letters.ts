import { unwrap } from '../../src/runtime/envelope.ts'
import type { QueueProvider } from '../../src/runtime/provider.ts'
import type { Letter } from './evidence.ts'

/** All dead letters of a queue, by a move that leaves each where it is: every provider can do that. */
export async function readLetters(provider: QueueProvider, queue: string): Promise<Letter[]> {
  if (!provider.move) throw new Error(`${provider.name} cannot show what is in a queue`)
  const letters: Letter[] = []
  await provider.move(queue, Infinity, ({ data, origin }) => {
    letters.push({ job: jobOf(unwrap(data).payload), origin: origin ?? null })
    return undefined
  })
  return letters
}

function jobOf(payload: unknown): number {
  const isObject = typeof payload === 'object' && payload !== null
  return isObject && 'job' in payload ? Number(payload.job) : NaN
}
