import { afterEach, describe, expect, it, vi } from 'vitest'
import { setPaused } from '../../../src/cli/commands/queues/change.ts'
import { listQueues } from '../../../src/cli/commands/queues/list.ts'
import { show } from '../../../src/cli/commands/queues/show.ts'
import { runQueues as run, seatAt } from '../../support/seat.ts'
import { setStage } from './stage.ts'

const [red, yellow, faint] = ['\u001B[31m', '\u001B[33m', '\u001B[2m']
const plain = (text: string) => text.replace(/\u001B\[\d+m/g, '')

describe('the tables of pikku queues', () => {
  afterEach(() => void vi.unstubAllEnvs())

  it('are coloured in a terminal, each column where it would be without', async () => {
    const { root, queue, letters } = await setStage()
    vi.stubEnv('NO_COLOR', '')
    await run((flags) => setPaused(letters, true, flags), seatAt(root))
    const { stdout } = await run(listQueues, seatAt(root))
    const [heads = '', first = '', second = ''] = stdout.split('\n')
    expect(heads).toContain(`${faint}QUEUE\u001B[22m`)
    // FAILED and DEAD; there is nothing wrong with what waits or is delayed.
    expect(first.split(red)).toHaveLength(3)
    expect(first).toContain(`${red}3\u001B[39m`)
    expect(second).not.toContain(red)
    expect(second).toContain(`${yellow}paused, dead letters only\u001B[39m`)
    vi.stubEnv('NO_COLOR', '1')
    expect(plain(stdout)).toBe((await run(listQueues, seatAt(root))).stdout)

    vi.stubEnv('NO_COLOR', '')
    const jobs = await run((flags) => show(queue, undefined, { ...flags, limit: 9 }), seatAt(root))
    expect(jobs.stdout.split(`${red}failed\u001B[39m`)).toHaveLength(4)
    expect(jobs.stdout).toContain(`${faint}STATUS`)
  })

  it.each([
    ['with NO_COLOR', '1', true],
    ['where they are no terminal', '', false],
  ])('are plain %s', async (_where, noColor, isTTY) => {
    const { root, queue } = await setStage()
    vi.stubEnv('NO_COLOR', noColor)
    const list = await run(listQueues, seatAt(root, null, isTTY))
    const flags = { limit: 9 }
    const jobs = await run(
      (it) => show(queue, undefined, { ...it, ...flags }),
      seatAt(root, null, isTTY),
    )
    for (const { stdout } of [list, jobs]) {
      expect(stdout).toContain('3')
      expect(stdout).not.toContain('\u001B')
    }
  })
})

describe('pikku queues show', () => {
  const input = {
    type: 'object',
    properties: { card: { properties: { number: { type: 'string', 'x-sensitive': true } } } },
  }

  it.each([
    ['what is marked in the type', {}, { number: '[redacted]', holder: 'Ada' }],
    [
      'what the configuration names, too',
      { dashboard: { redact: ['**.holder'] } },
      { number: '[redacted]', holder: '[redacted]' },
    ],
  ])('hides %s, unless it is told to reveal it', async (_what, config, card) => {
    const { root, queue, letters, failed } = await setStage({ config, input })
    const shown = async (name: string, id: string | undefined, over: object) =>
      (await run((flags) => show(name, id, { ...flags, limit: 9, ...over }), seatAt(root))).stdout

    const one: unknown = JSON.parse(await shown(queue, failed, { json: true }))
    expect(one).toMatchObject({ data: { n: 1, card } })
    for (const name of [queue, letters]) {
      const list = await shown(name, undefined, { json: true, status: undefined })
      const { jobs } = JSON.parse(list) as { jobs: { data: { n: number } }[] }
      expect(jobs.find(({ data }) => data.n === 1)).toMatchObject({ data: { card } })
      expect(list).not.toContain('4111')
    }
    const forPeople = await shown(queue, failed, {})
    expect(forPeople).toContain('"number": "[redacted]"')
    expect(forPeople).not.toContain('4111')

    const revealed: unknown = JSON.parse(await shown(queue, failed, { json: true, reveal: true }))
    expect(revealed).toMatchObject({ data: { n: 1, card: { number: '4111', holder: 'Ada' } } })
    expect(await shown(queue, failed, { reveal: true })).toContain('"number": "4111"')
  })
})
