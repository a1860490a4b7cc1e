import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { resolveJobOptions } from '../src/runtime/job-options.ts'
import type { JobOptions } from '../src/runtime/types.ts'
import { workerOptionRules } from '../src/runtime/worker-options.ts'
import { optionsOf, withOptionTables } from './support/option-page.ts'

const path = fileURLToPath(new URL('../docs/options.md', import.meta.url))
const page = readFileSync(path, 'utf8')

/** The compiler names what is missing here. */
const jobOptions: Record<keyof Required<JobOptions>, true> = {
  jobId: true,
  delay: true,
  priority: true,
  attempts: true,
  retries: true,
  backoff: true,
  timeout: true,
  group: true,
  tx: true,
}

describe('the page of the options', () => {
  it('has a section for each', () => {
    const sorted = (options: object) => Object.keys(options).sort()
    expect(optionsOf(page, 'Worker options').sort()).toEqual(sorted(workerOptionRules))
    expect(optionsOf(page, 'Job options').sort()).toEqual(sorted(jobOptions))
  })

  it('says what the sources say', async () => {
    await expect(withOptionTables(page)).toMatchFileSnapshot(path)
  })

  const ranges = jobSections().flatMap((section) => {
    const [, option = ''] = /^(\w+)/.exec(section) ?? []
    const [, from, to] = /from (-?\d+) to (\d+)/.exec(section) ?? []
    return to === undefined ? [] : [[option, Number(from), Number(to)] as const]
  })
  it.each(ranges)('a job takes %s from %s to %s, and no more', (option, from, to) => {
    const taken = (value: number) => {
      const options: JobOptions = { [option]: value }
      return () => resolveJobOptions('email', options, {}, Infinity)
    }
    expect(taken(from)).not.toThrow()
    expect(taken(to)).not.toThrow()
    expect(taken(from - 1)).toThrow(option)
    expect(taken(to + 1)).toThrow(option)
  })

  it('has a range for each number of a job', () => {
    const numbers = jobSections().filter((section) => section.includes('| `number`'))
    expect(numbers).toHaveLength(5)
    expect(ranges).toHaveLength(numbers.length)
  })
})

function jobSections(): string[] {
  const part = page.slice(page.indexOf('## Job options'))
  return part.split(/^### /m).slice(1)
}
