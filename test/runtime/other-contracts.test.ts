import { describe, expect, it, vi } from 'vitest'
import { OtherContracts } from '../../src/runtime/other-contracts.ts'
import { deliveredJob } from '../support/memory-provider.ts'
import { silentLogger } from '../support/silent-logger.ts'

const reason = new Error('it does not fit')
const aged = (ms: number) => deliveredJob({ createdAt: new Date(Date.now() - ms) })

describe('a job that does not fit this worker', () => {
  it.each([
    ['says nothing of a contract', undefined, 'own'],
    ["was added under this worker's", 'own', 'own'],
    ['meets a worker whose contract is not known', 'other', undefined],
  ])('fails at once when it %s', (_, contract, own) => {
    const outcome = new OtherContracts(own, silentLogger).refuse(aged(0), contract, reason)
    expect(outcome).toMatchObject({ type: 'dead', error: { message: 'it does not fit' } })
  })

  it.each([
    ['added in the future, by another clock', -60_000, 1_000],
    ['just added', 0, 1_000],
    ['a minute old', 60_000, 60_000],
    ['hours old', 5 * 3_600_000, 300_000],
  ])('is given back for as long as it has waited, within bounds: %s', (_, ageMs, delayMs) => {
    const outcome = new OtherContracts('own', silentLogger).refuse(aged(ageMs), 'other', reason)
    expect(outcome).toMatchObject({ type: 'released' })
    const delayed = outcome.type === 'released' ? outcome.delayMs : 0
    expect(delayed).toBeGreaterThanOrEqual(delayMs)
    expect(delayed).toBeLessThan(delayMs + 1_000)
  })

  it('fails after a day, and says why', () => {
    const outcome = new OtherContracts('own', silentLogger).refuse(
      aged(24 * 3_600_000 + 1_000),
      'other',
      reason,
    )
    expect(outcome).toMatchObject({
      type: 'dead',
      error: {
        code: 'PKQ401',
        message: 'it does not fit; it was added under another contract (other) more than a day ago',
      },
    })
  })

  it('is spoken of once for each contract, and not for ever', () => {
    const warn = vi.fn()
    const others = new OtherContracts('own', { ...silentLogger, warn })
    for (const contract of ['a', 'a', 'b']) others.refuse(aged(0), contract, reason)
    expect(warn.mock.calls.map((call): unknown => call[1])).toMatchObject([
      { queue: 'email', contract: 'a', ownContract: 'own', reason: 'it does not fit' },
      { contract: 'b' },
    ])
    for (let n = 0; n < 1_000; n += 1) others.refuse(aged(0), `c${n}`, reason)
    expect(warn).toHaveBeenCalledTimes(100)
  })
})
