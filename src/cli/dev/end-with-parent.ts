/** Has this process end as at a SIGTERM when the one that started it is killed: nobody else would stop it. */
export function endWithParent(): void {
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // That we listen must not keep the process alive.
  process.channel?.unref()
}
