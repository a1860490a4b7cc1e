// How long `pikku generate` takes, beside `tsc --noEmit` and bare Node, in turns, on synthetic projects.
// npm run bench:generate [-- sizes…]     default: 100 500 2000
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writeSyntheticProject } from './synthetic-project.ts'

const repository = fileURLToPath(new URL('..', import.meta.url))
const sizes = process.argv.slice(2).map(Number)
const rounds = 3

const pikku = join(repository, 'bin', 'pikku.js')
const tsc = join(repository, 'node_modules', 'typescript', 'bin', 'tsc')

interface Run {
  seconds: number
  peakMb: number
  stdout: string
}

/** Prints its own peak memory as the last line of standard error. */
const reportPeak =
  'data:text/javascript,process.on("exit",()=>process.stderr.write("\\npeak "+process.resourceUsage().maxRSS))'

function run(folder: string, args: string[]): Run {
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', reportPeak, ...args],
    {
      cwd: folder,
      encoding: 'utf8',
    },
  )
  const seconds = (performance.now() - startedAt) / 1000
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}:\n${stderr}`)
  return { seconds, peakMb: Number(/peak (\d+)$/.exec(stderr)?.[1] ?? 0) / 1024, stdout }
}

function median(runs: Run[]): Omit<Run, 'stdout'> {
  const middle = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]
  return {
    seconds: middle(runs.map(({ seconds }) => seconds)) ?? 0,
    peakMb: middle(runs.map(({ peakMb }) => peakMb)) ?? 0,
  }
}

console.log('functions  what            median s   peak MB   of tsc   of bare node')
for (const size of sizes.length > 0 ? sizes : [100, 500, 2000]) {
  const folder = mkdtempSync(join(tmpdir(), 'pikku-bench-'))
  try {
    writeSyntheticProject(folder, repository, size)
    const steps: Record<string, () => Run> = {
      'bare node': () => run(folder, ['-e', '0']),
      cold: () => {
        rmSync(join(folder, '.pikku'), { recursive: true, force: true })
        return run(folder, [pikku, 'generate'])
      },
      'nothing changed': () => run(folder, [pikku, 'generate']),
      'tsc --noEmit': () => run(folder, [tsc, '-p', '.']),
    }
    const runs = new Map<string, Run[]>(Object.keys(steps).map((name) => [name, []]))
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, step] of Object.entries(steps)) runs.get(name)?.push(step())
    }
    const medians = new Map([...runs].map(([name, all]) => [name, median(all)]))
    const ratio = (name: string, to: string) =>
      ((medians.get(name)?.seconds ?? 0) / (medians.get(to)?.seconds ?? 1)).toFixed(2)
    const watch = run(folder, [join(repository, 'bench', 'watch-edit.ts'), folder])
    console.log(`${String(size).padStart(9)}  one edit, while watching: ${watch.stdout.trim()} ms`)
    for (const [name, { seconds, peakMb }] of medians) {
      console.log(
        [
          String(size).padStart(9),
          name.padEnd(15),
          seconds.toFixed(2).padStart(8),
          peakMb.toFixed(0).padStart(9),
          ratio(name, 'tsc --noEmit').padStart(8),
          ratio(name, 'bare node').padStart(14),
        ].join('  '),
      )
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
