import { setTimeout as delay } from 'node:timers/promises'

/**
 * Looks again and again until there is something to see: anything but null, undefined and false.
 * @throws Error that says what was waited for, after `withinMs`.
 */
export async function until<Seen>(
  look: () => Seen | Promise<Seen>,
  what: string,
  withinMs: number,
): Promise<NonNullable<Exclude<Seen, false>>> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const seen = await look()
    if (seen !== null && seen !== undefined && seen !== false) {
      return seen as NonNullable<Exclude<Seen, false>>
    }
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms for ${what}`)
    await delay(15)
  }
}
