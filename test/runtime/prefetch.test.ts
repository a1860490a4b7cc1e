import { expect, it } from 'vitest'
import { Prefetch } from '../../src/runtime/prefetch.ts'

it('is what was asked for', () => {
  const prefetch = new Prefetch(7, 10, 40)
  prefetch.observe(10_000)
  expect([prefetch.ahead, prefetch.adaptive]).toEqual([7, false])
})

it('grows with quick jobs, to a limit, and vanishes with slow ones', () => {
  const prefetch = new Prefetch(undefined, 10, 200)
  expect([prefetch.ahead, prefetch.within(10)]).toEqual([0, 0])
  prefetch.observe(0.1)
  expect([prefetch.ahead, prefetch.within(10)]).toEqual([200, 200])
  for (let n = 0; n < 50; n += 1) prefetch.observe(1_000)
  expect([prefetch.ahead, prefetch.within(10)]).toEqual([2, 0])
})

it('starts anew when it was wrong', () => {
  const prefetch = new Prefetch(undefined, 10, 40)
  prefetch.observe(1)
  expect(prefetch.ahead).toBe(40)
  prefetch.forget()
  expect(prefetch.ahead).toBe(0)
})
