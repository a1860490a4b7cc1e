import { expect, it } from 'vitest'
import { RestartPause } from '../../../src/cli/dev/restart-pause.ts'

it('is longer each time, up to half a minute, until what ended had lived for a while', () => {
  const pause = new RestartPause()
  const seconds = (...livedMs: number[]) => livedMs.map((ms) => pause.after(ms) / 1000)
  expect(seconds(0, 0, 0, 0, 0, 0, 0)).toEqual([1, 2, 4, 8, 16, 30, 30])
  expect(seconds(20_000, 0)).toEqual([1, 2])
  pause.forget()
  expect(seconds(0)).toEqual([1])
})
