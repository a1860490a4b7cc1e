import type { Finding, QueueDeclaration } from './provider.ts'

/* What is found when a project or a server is looked over; see `examine` of the contract. */

export const ok = (message: string): Finding => ({ severity: 'ok', message })

export const warning = (message: string, hint: string): Finding => ({
  severity: 'warning',
  message,
  hint,
})

export const error = (message: string, hint: string, code?: string): Finding => ({
  severity: 'error',
  message,
  hint,
  ...(code !== undefined && { code }),
})

/** Of all queues that are declared, and of their dead letter queues. */
export function namesOf(declarations: readonly QueueDeclaration[]): string[] {
  return [...new Set(declarations.flatMap((it) => [it.name, it.deadLetterQueue ?? it.name]))]
}

const mostNames = 5

/** "a, b", and how many more. */
export function someOf(names: readonly string[]): string {
  const shown = names.slice(0, mostNames).join(', ')
  const others = names.length - mostNames
  return others > 0 ? `${shown} and ${others} more` : shown
}

/**
 * Of queues that come into being by themselves.
 * @param whenMade when those that are missing do, such as "when a worker starts".
 */
export function queuesFound(
  all: readonly string[],
  missing: readonly string[],
  whenMade: string,
): Finding {
  if (all.length === 0) return ok('no queues to look for')
  const there = `${all.length - missing.length} of ${all.length} queues are there`
  return ok(missing.length === 0 ? there : `${there}; ${someOf(missing)} will be ${whenMade}`)
}
