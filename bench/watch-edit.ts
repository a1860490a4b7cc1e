// Generates a project, edits one of its payload types again and again, and prints the median of the time from
// hearing of the edit to having written the files, in milliseconds: what `pikku generate --watch` works each time.
// node bench/watch-edit.ts <project> <edits>
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../src/cli/config/read-config.ts'
import { LiveProject } from '../src/cli/live-project.ts'

const [root = '.', edits = '21'] = process.argv.slice(2)
const { config } = readConfig(root)
if (config === null) throw new Error(`${root} is no project`)
const project = new LiveProject(config, { providers: [] })
await project.generate([])

const path = join(root, 'src/types/payload-0.ts')
const source = readFileSync(path, 'utf8')
const times: number[] = []
for (let edit = 0; edit < Number(edits); edit += 1) {
  writeFileSync(path, source.replace("'c'", `'c' | 'edit-${edit}'`))
  const startedAt = performance.now()
  const { changed } = await project.generate([path])
  times.push(performance.now() - startedAt)
  if (changed.length === 0) throw new Error('the edit changed nothing')
}
times.sort((a, b) => a - b)
console.log((times[Math.floor(times.length / 2)] ?? 0).toFixed(1))
