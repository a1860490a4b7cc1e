import { copyFile, readdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { expect, it } from 'vitest'
import { blocksOf } from '../support/code-page.ts'
import { createDatabase } from '../support/database.ts'
import { kubernetesRecipe } from '../support/kubernetes-recipe.ts'
import { atWork, createUserProject, repository, type UserProject } from '../support/user-project.ts'

const wiring = `
import { pikkuSessionlessFunc, wireQueueWorker } from '#pikku/pikku-types.gen.js'
wireQueueWorker({ queue: 'email', func: pikkuSessionlessFunc<void, void>(async () => {}) })
`

async function blockOf(recipe: string, language: string): Promise<string> {
  const page = await readFile(join(repository, 'docs', 'recipes', `${recipe}.md`), 'utf8')
  const block = blocksOf(page).find((it) => it.language === language)
  if (!block) throw new Error(`the recipe ${recipe} has no ${language}`)
  return block.text
}

/** The folder that the Dockerfile leaves in its image, and the command that it starts there. */
async function buildImage() {
  const stages = (await blockOf('docker', 'dockerfile')).split(/^FROM .*\n/m).slice(1)
  const [build = '', run = ''] = stages
  const project = await createUserProject({ files: { 'src/email.ts': wiring } })
  const [, args = ''] = /^RUN npx pikku (.*)$/m.exec(build) ?? []
  const built = await project.pikku(args.split(' ')).ended
  expect(built).toMatchObject({ code: 0, stderr: '' })
  expect(built.stdout).toContain('it needs no packages\n')

  const image = await createUserProject({ installed: false })
  for (const name of await readdir(image.folder)) await rm(join(image.folder, name))
  const [, files = ''] = /^COPY --from=build (.*) \.\/$/m.exec(run) ?? []
  for (const file of files.split(' ')) {
    const [, path = ''] = /^\/app\/(.+)$/.exec(file) ?? []
    await copyFile(join(project.folder, path), join(image.folder, basename(path)))
  }
  return { image, command: JSON.parse(/^CMD (\[.*\])$/m.exec(run)?.[1] ?? 'null') as string[] }
}

/** Starts what a recipe starts with node. The port of the pages may be taken here. */
async function startWorker(image: UserProject, [program, ...args]: readonly string[]) {
  expect(program).toBe('node')
  const free = args.map((arg) => (arg === '9464' ? '0' : arg))
  const worker = image.node(free, { DATABASE_URL: await createDatabase() })
  await worker.printed(atWork)
  return worker
}

it('what the Dockerfile builds, copies and starts is a worker', async () => {
  const { image, command } = await buildImage()
  const worker = await startWorker(image, command)
  worker.process.kill('SIGTERM')
  expect(await worker.ended).toMatchObject({ code: 0, stderr: '' })
}, 120_000)

it('in Kubernetes, that worker answers the probes, and tells what it is scaled by', async () => {
  const { deployment, scaledObject, text } = kubernetesRecipe()
  const { metadata, spec } = deployment.spec.template
  const [container] = spec.containers
  const worker = await startWorker((await buildImage()).image, container.args)
  const [url = ''] = /http:\/\/\S+:\d+/.exec(worker.soFar()) ?? []
  for (const { httpGet } of [
    container.startupProbe,
    container.livenessProbe,
    container.readinessProbe,
  ]) {
    expect((await fetch(url + httpGet.path)).status, httpGet.path).toBe(200)
  }

  const scrape = await fetch(url + (metadata.annotations['prometheus.io/path'] ?? ''))
  const told = await scrape.text()
  const { query } = scaledObject.spec.triggers[0].metadata
  expect(told).toMatch(/^pikku_queue_jobs\{(?=.*queue="email")(?=.*status="waiting").*\} 0$/m)
  expect(query).toMatch(/pikku_queue_jobs\{status="waiting",queue=/)
  const metrics = [...text.matchAll(/pikku_\w+/g)].map(([name]) => name)
  expect(metrics.length).toBeGreaterThan(1)
  for (const name of metrics) expect(told).toContain(`# TYPE ${name} `)
  worker.process.kill('SIGTERM')
  expect(await worker.ended).toMatchObject({ code: 0, stderr: '' })
}, 120_000)
