import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { describeChanges } from '../../../src/cli/dev/describe-changes.ts'

it('names one file, and says how many others there are', () => {
  const root = resolve('/app')
  const [one, other] = [join(root, 'src', 'email.ts'), join(root, 'a.ts')]
  expect(describeChanges(root, [one])).toBe('src/email.ts changed')
  expect(describeChanges(root, [one, one])).toBe('src/email.ts changed')
  expect(describeChanges(root, [one, other, one])).toBe('src/email.ts and 1 more changed')
  expect(describeChanges(root, [join(root, '..', 'shared.ts')])).toBe('../shared.ts changed')
  expect(describeChanges(root, [])).toBe('the project has changed')
})
