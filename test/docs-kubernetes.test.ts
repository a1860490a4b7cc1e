import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseWorkerFlags } from '../src/runtime/worker-flags.ts'
import { kubernetesRecipe } from './support/kubernetes-recipe.ts'
import { repository } from './support/user-project.ts'

const { deployment, scaledObject } = kubernetesRecipe()
const { template } = deployment.spec
const [container] = template.spec.containers

it('the manifests are of the kinds that they are, and belong together', () => {
  expect(deployment).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' })
  expect(deployment.spec.selector.matchLabels).toEqual(template.metadata.labels)
  expect(template.spec.containers).toHaveLength(1)
  expect(scaledObject).toMatchObject({ apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' })
  expect(scaledObject.spec.scaleTargetRef.name).toBe(deployment.metadata.name)
  const { minReplicaCount, maxReplicaCount } = scaledObject.spec
  expect(minReplicaCount).toBeGreaterThan(0)
  expect(maxReplicaCount).toBeGreaterThan(minReplicaCount)
})

it('the container starts a worker as the image has it, with time to drain', () => {
  const image = readFileSync(join(repository, 'docs/recipes/docker.md'), 'utf8')
  const command = JSON.parse(/^CMD (\[.*\])$/m.exec(image)?.[1] ?? 'null') as string[]
  expect(container.args).toEqual(command)
  const flags = parseWorkerFlags(container.args.slice(container.args.indexOf('worker.mjs') + 1))
  expect(flags.health?.port).toBe(container.ports[0]?.containerPort)
  expect(template.spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(
    flags.shutdownTimeoutMs,
  )
  expect(container.env.map(({ name }) => name)).toEqual(['DATABASE_URL'])
})

it('probes and scrapes go to the port of the worker’s health', () => {
  const port = container.ports.find(({ name }) => name === 'health')
  for (const { httpGet } of [
    container.startupProbe,
    container.livenessProbe,
    container.readinessProbe,
  ]) {
    expect(httpGet.port).toBe(port?.name)
  }
  const { annotations } = template.metadata
  expect(annotations['prometheus.io/scrape']).toBe('true')
  expect(annotations['prometheus.io/port']).toBe(String(port?.containerPort))
})
