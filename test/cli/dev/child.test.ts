import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { Child } from '../../../src/cli/dev/child.ts'
import { projectOf } from '../../support/project.ts'

/** A worker that is this file and nothing else, and what it prints. */
async function worker(code: string): Promise<{ child: Child; printed: () => string }> {
  const root = await projectOf({ 'worker.mjs': code })
  let printed = ''
  const output = { write: (text: string) => (printed += text) }
  const child = new Child('worker-process', [join(root, 'worker.mjs')], output)
  onTestFinished(async () => {
    child.kill()
    await child.ended
  })
  return { child, printed: () => printed }
}

it('has ended when it has, though what it started lives on and holds its output', async () => {
  const { child, printed } = await worker(`
    import { spawn } from 'node:child_process'
    const { pid } = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'], { stdio: 'inherit' })
    console.log(pid)
    process.exit(3)
  `)
  expect(await child.ended).toEqual({ code: 3, signal: null })
  process.kill(Number(printed()), 'SIGKILL')
})

it('ends when its files throw, whatever they have opened before', async () => {
  const { child, printed } = await worker(`
    setInterval(() => {}, 1000)
    throw new Error('not today')
  `)
  expect(await child.ended).toEqual({ code: 1, signal: null })
  expect(printed()).toContain('a file of the worker threw while it was loaded: Error: not today')
})

it('shows all it has printed until its end', async () => {
  const { child, printed } = await worker(`
    process.stdout.write('a line\\n'.repeat(20_000))
    process.exit(0)
  `)
  await child.ended
  expect(printed().match(/a line\n/g)).toHaveLength(20_000)
})
