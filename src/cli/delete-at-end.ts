import { rmSync } from 'node:fs'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Has the file deleted when this process ends, also where a signal ends it at once.
 * @param file absolute
 * @returns deletes it now
 */
export function deleteAtEnd(file: string): () => void {
  const forget = () => {
    process.off('exit', forget)
    for (const signal of signals) process.off(signal, onSignal)
    try {
      rmSync(file, { force: true })
    } catch {
      // A file that stays is only in nobody's way.
    }
  }
  const onSignal = (signal: NodeJS.Signals) => {
    forget()
    // It ends the process, as it would have without us, unless somebody else listens.
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  process.on('exit', forget)
  for (const signal of signals) process.on(signal, onSignal)
  return forget
}
