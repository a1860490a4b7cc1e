/** Waits for the work, but no longer than `ms`. Resolves to its error, if it had one in time. */
export async function within(work: Promise<void>, ms: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, timeout])
    return undefined
  } catch (error) {
    return error
  } finally {
    clearTimeout(timer)
  }
}
