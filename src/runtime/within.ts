/** Waits for the work, but no longer than `ms`. Never rejects: says whether it ended, and its error. */
export async function within(
  work: Promise<unknown>,
  ms: number,
): Promise<{ ended: boolean; error?: unknown }> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<{ ended: boolean }>((resolve) => {
    timer = setTimeout(() => resolve({ ended: false }), ms)
  })
  const ended = work.then(
    () => ({ ended: true }),
    (error: unknown) => ({ ended: true, error }),
  )
  try {
    return await Promise.race([ended, timeout])
  } finally {
    clearTimeout(timer)
  }
}
