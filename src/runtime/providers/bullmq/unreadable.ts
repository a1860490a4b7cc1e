/**
 * The fields of a job in Redis that BullMQ itself reads as JSON when it hands the job out. Where another
 * producer left something else in them, its reply is lost on us, though the job has been started.
 */
export const jsonFields = ['opts', 'progress', 'parent'] as const

/** Whether BullMQ stumbled over what a job holds. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof SyntaxError || error instanceof TypeError
}

/** Those of the fields (in the order of `jsonFields`, '' where there is none) that BullMQ cannot read. */
export function unreadableFields(texts: readonly string[]): string[] {
  return jsonFields.filter((field, n) => {
    const text = texts[n] ?? ''
    return text !== '' && !canRead(field, text)
  })
}

function canRead(field: string, text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return field !== 'opts' || (typeof value === 'object' && value !== null)
  } catch {
    return false
  }
}
