import { describe, expect, it } from 'vitest'
import {
  drain,
  redriveLetters,
  removeJob,
  retryAll,
  retryJob,
  setPaused,
} from '../../../src/cli/commands/queues/change.ts'
import { listQueues } from '../../../src/cli/commands/queues/list.ts'
import type { QueuesFlags } from '../../../src/cli/commands/queues/open.ts'
import { runQueues, seatAt } from '../../support/seat.ts'
import { setStage } from './stage.ts'

describe('pikku queues --json', () => {
  it('prints one document for programs, whatever the command did', async () => {
    const { root, queue, letters, failed } = await setStage()
    const print = async (command: (flags: QueuesFlags) => Promise<number>): Promise<unknown> => {
      const flags = { json: true, yes: true }
      const { exitCode, stdout, stderr } = await runQueues(
        command,
        seatAt(root, null, false),
        flags,
      )
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
      return JSON.parse(stdout)
    }
    const listed = await print(listQueues)
    expect(listed).toMatchObject({
      queues: [
        { queue, exists: true, paused: false, counts: { failed: 3, delayed: 1 }, dead: 3 },
        { queue: letters, deadLetterQueue: null, counts: { waiting: 3 } },
      ],
    })
    const [id, more] = [failed, { id: failed, queue }]
    expect(await print((it) => setPaused(queue, true, it))).toEqual({ queue, paused: true })
    expect(await print((it) => retryJob(queue, id, it))).toEqual({ ...more, retried: 1 })
    expect(await print((it) => removeJob(queue, id, it))).toEqual({ ...more, removed: 1 })
    expect(await print((it) => retryAll(queue, it))).toEqual({ queue, retried: 2 })
    const dry = { from: letters, waiting: 3, byQueue: { [queue]: 3 }, refused: [] }
    expect(await print((it) => redriveLetters(letters, { ...it, dryRun: true }))).toEqual(dry)
    expect(await print((it) => redriveLetters(letters, it))).toEqual({
      ...{ from: letters, moved: 3, left: 0, refused: [] },
    })
    expect(await print((it) => drain(queue, it))).toEqual({ queue, removed: 6 })
    expect(await print((it) => setPaused(queue, false, it))).toEqual({ queue, paused: false })
  })

  it('leaves what is wrong to standard error and the exit code', async () => {
    const { root, queue } = await setStage()
    const seat = seatAt(root, null, false)
    expect(await runQueues((it) => drain(queue, it), seat, { json: true })).toMatchObject({
      ...{ exitCode: 2, stdout: '' },
      stderr: expect.stringContaining('say --yes') as string,
    })
    const remove = runQueues((it) => removeJob(queue, 'nobody', it), seat, { yes: true })
    await expect(remove).rejects.toMatchObject({ code: 'PKQ407' })
    expect(seat.seen.stdout).toBe('')
  })
})
