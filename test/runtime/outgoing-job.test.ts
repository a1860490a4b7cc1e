import { describe, expect, it } from 'vitest'
import { capabilities, type Capabilities } from '../../src/runtime/capabilities.ts'
import type { QueueContract } from '../../src/runtime/contract.ts'
import { toOutgoingJob } from '../../src/runtime/outgoing-job.ts'
import { createPayloads } from '../../src/runtime/payload.ts'
import type { JobOptions } from '../../src/runtime/types.ts'
import { MemoryProvider } from '../support/memory-provider.ts'

const contract: QueueContract = { input: {}, output: {}, fingerprint: 'a1b2', defaults: {} }

function outgoing(data: unknown, options: JobOptions = {}, can: Partial<Capabilities> = {}) {
  const provider = Object.assign(new MemoryProvider(), {
    capabilities: { ...capabilities['pg-boss'], label: 'a small one', ...can },
  })
  const payloads = createPayloads({ queues: { email: contract }, $defs: {} })
  return toOutgoingJob('email', data, options, { provider, payloads, contract })
}

describe('an outgoing job', () => {
  it('says under which contract it was added', () => {
    expect(outgoing({ to: 'a' }, { timeout: 5 }).data).toEqual({
      $pikku: { contract: 'a1b2', timeout: 5 },
      payload: { to: 'a' },
    })
  })

  it('is measured with all that it carries, in bytes', () => {
    const maxJobBytes = Buffer.byteLength('{"$pikku":{"contract":"a1b2"},"payload":"ü"}')
    expect(() => outgoing('ü', {}, { maxJobBytes })).not.toThrow()
    expect(() => outgoing('üx', {}, { maxJobBytes })).toThrow(
      `a job for queue "email" has ${maxJobBytes + 1} bytes, and a small one takes at most ${maxJobBytes}`,
    )
  })

  it.each<[JobOptions, Partial<Capabilities>, string]>([
    [{ priority: 'high' }, { priority: false }, 'a priority is not supported on a small one'],
    [{ jobId: 'a' }, { jobId: false }, "a job id of the caller's is not supported on a small one"],
  ])('refuses %j where the provider lacks it', (options, can, message) => {
    expect(() => outgoing(1, options, can)).toThrow(message)
  })

  it('takes a priority of nought everywhere: it asks for nothing', () => {
    expect(outgoing(1, { priority: 'normal' }, { priority: false }).priority).toBe(0)
  })
})
