import type { PgBoss } from 'pg-boss'
import type { ConsumeOptions, Consumer, Deliver } from '../../provider.ts'
import type { Logger } from '../../types.ts'
import { wakeChannel } from './channels.ts'
import type { Target } from './connection.ts'
import { messageOf } from '../../error-parts.ts'
import { isAway } from './connection-errors.ts'
import { CrashSweep } from './crash-sweep.ts'
import { Database, type Listening } from './database.ts'
import { toVisibilitySeconds } from './declare.ts'
import { DueWatch } from './due-watch.ts'
import { FetchLoop } from './fetch-loop.ts'
import { Finder } from './finder.ts'
import { Heartbeat } from './heartbeat.ts'
import { Hints } from './hints.ts'
import { Progress } from './progress.ts'
import { Settler } from './settle.ts'
import { Trimmer } from './trim.ts'
import { within } from '../../within.ts'

/** What exists between open and close. */
export interface Session {
  database: Database
  finder: Finder
  hints: Hints
  trimmer: Trimmer
  consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer
  close(graceMs: number): Promise<void>
}

/** Puts the parts together; the pool connects when it is first used. */
export function startSession(boss: PgBoss, target: Target, logger: Logger): Session {
  const database = new Database(boss.getDb(), target, logger)
  // Without a listener, an error of an idle connection would end the process.
  boss.on('error', (error) => {
    if (isAway(error)) database.noteError(error)
    else logger.warn('pg-boss maintenance failed', { reason: messageOf(error) })
  })
  boss.on('warning', ({ message }) => logger.debug(`pg-boss: ${message}`))

  const heartbeat = new Heartbeat(database)
  const progress = new Progress(database)
  const due = new DueWatch(database)
  const finder = new Finder(database)
  const hints = new Hints(database)
  const trimmer = new Trimmer(database, logger)
  const settler = new Settler(database, heartbeat, logger, {
    onSettled(queue, kind, delayMs) {
      if (kind === 'retry' || kind === 'released') due.note(queue, delayMs)
      else trimmer.finished(queue)
    },
    onRelief() {
      for (const loop of loops) loop.resume()
    },
  })
  const sweep = new CrashSweep(
    database,
    logger,
    () => database.healthy && !settler.stuck,
    (queue) => wake(queue),
  )
  const parts = { database, heartbeat, settler, progress, due, logger }
  const loops = new Set<FetchLoop>()
  let wakeUps: Listening | undefined

  function wake(queue: string): void {
    for (const loop of loops) if (loop.queue === queue) loop.wake()
  }

  function consume(queue: string, options: ConsumeOptions, deliver: Deliver): Consumer {
    wakeUps ??= database.listen(wakeChannel(target.schema), wake, () => {
      // After a reconnect: anything may have been missed.
      for (const loop of loops) loop.wake()
    })
    const visibilityTimeoutSeconds = toVisibilitySeconds(options.visibilityTimeoutSeconds)
    const loop = new FetchLoop(queue, { ...options, visibilityTimeoutSeconds }, deliver, parts)
    loops.add(loop)
    sweep.add(queue, visibilityTimeoutSeconds)
    return loop
  }

  async function flush(): Promise<void> {
    await Promise.all([...loops].map((loop) => loop.stop()))
    await Promise.all([settler.idle(), progress.idle(), trimmer.stop(), sweep.stop()])
  }

  async function disconnect(): Promise<void> {
    await Promise.all([wakeUps?.close(), hints.close()])
    await boss.stop({ graceful: false })
  }

  async function close(graceMs: number): Promise<void> {
    const deadline = performance.now() + graceMs
    await within(flush(), graceMs)
    settler.stop()
    heartbeat.stop()
    due.stop()
    database.close()
    // A server that went away would keep us waiting for its sockets.
    const { error: failed } = await within(
      disconnect(),
      Math.max(1_000, deadline - performance.now()),
    )
    if (failed) logger.debug('disconnecting failed', { reason: messageOf(failed) })
  }

  return { database, finder, hints, trimmer, consume, close }
}
