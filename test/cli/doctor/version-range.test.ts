import { describe, expect, it } from 'vitest'
import { isInRange } from '../../../src/cli/doctor/version-range.ts'
import { requiredNode } from '../../../src/cli/package-info.ts'
import { providerPackages } from '../../../src/runtime/provider-packages.ts'

describe('a version', () => {
  it.each([
    ['^8.11.0', ['8.11.0', '8.11.1', '8.23.1'], ['8.10.9', '7.99.0', '9.0.0', '8.12.0-rc.1']],
    ['~12.38.0', ['12.38.0', '12.38.9'], ['12.37.9', '12.39.0', '13.38.0']],
    ['>=22.12', ['22.12.0', '22.13.1', '24.0.0'], ['22.11.9', '20.19.0']],
    ['18.4.0-beta.17', ['18.4.0-beta.17'], ['18.4.0', '18.4.0-beta.16']],
  ])('of the range %s', (range, inside, outside) => {
    expect(inside.filter((version) => !isInRange(version, range))).toEqual([])
    expect(outside.filter((version) => isInRange(version, range))).toEqual([])
  })

  it('is looked for in no range of another form than these', () => {
    for (const range of [
      requiredNode,
      ...Object.values(providerPackages).flatMap((it) => Object.values(it)),
    ]) {
      expect(range).toMatch(/^(?:[~^]|>=)?\d+\.\d+(?:\.\d+(?:-[\w.]+)?)?$/)
    }
  })
})
