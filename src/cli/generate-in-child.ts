import { spawn } from 'node:child_process'
import type { ProviderName } from '../runtime/capabilities.ts'

/**
 * `pikku generate` in a process of its own: the compiler's memory is not kept for this one's life.
 * @returns its exit code
 */
export function generateInChild(provider: ProviderName): Promise<number> {
  const [, pikku = ''] = process.argv
  const child = spawn(process.execPath, [pikku, 'generate', '--quiet', '--run', provider], {
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => {
      resolve(code ?? 1)
    })
  })
}
