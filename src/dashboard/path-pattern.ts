/**
 * Which properties of a value are hidden, by their names from its root: `user.email`. `*` is any one
 * property, `**` any number of them. Elements of lists count as the list.
 */
export type PathPattern = readonly string[]

/** The pattern that the text says; null when it says none. */
export function parsePathPattern(text: string): PathPattern | null {
  const steps = text.split('.')
  const isPattern = steps.every((step) => step !== '') && steps.at(-1) !== '**'
  return isPattern ? steps : null
}

/** What is left of the patterns below the property; an empty one means the property itself. */
export function patternsBelow(patterns: readonly PathPattern[], key: string): PathPattern[] {
  return patterns.flatMap((pattern) => {
    const [step, ...rest] = pattern
    if (step === '**') return [pattern, ...patternsBelow([rest], key)]
    return step === '*' || step === key ? [rest] : []
  })
}
