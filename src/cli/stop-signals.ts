/** One Ctrl+C may arrive twice: from the terminal, and from an npm or shell that passes it on. */
const echoMs = 500

/**
 * Calls `first` at the first signal to stop, and `again` at each later one. Whoever has stopped calls
 * `process.exit`: Node's own way out gives up these handlers long before the process is gone, and an
 * echo would kill it then.
 */
export function onStopSignals(first: () => void, again: () => void): void {
  let since: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (since === undefined) {
        since = performance.now()
        first()
      } else if (performance.now() - since > echoMs) {
        again()
      }
    })
  }
}
