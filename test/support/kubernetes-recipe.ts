import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseDocument } from 'yaml'
import { blocksOf } from './code-page.ts'
import { repository } from './user-project.ts'

interface Probe {
  httpGet: { path: string; port: string }
}

interface Container {
  args: string[]
  env: { name: string }[]
  ports: { name: string; containerPort: number }[]
  startupProbe: Probe
  livenessProbe: Probe
  readinessProbe: Probe
}

export interface Deployment {
  apiVersion: string
  kind: string
  metadata: { name: string }
  spec: {
    selector: { matchLabels: Record<string, string> }
    template: {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> }
      spec: { terminationGracePeriodSeconds: number; containers: [Container] }
    }
  }
}

export interface ScaledObject {
  apiVersion: string
  kind: string
  spec: {
    scaleTargetRef: { name: string }
    minReplicaCount: number
    maxReplicaCount: number
    triggers: [{ metadata: { query: string } }]
  }
}

/** The manifests of docs/recipes/kubernetes.md, and its text. */
export function kubernetesRecipe(): {
  deployment: Deployment
  scaledObject: ScaledObject
  text: string
} {
  const text = readFileSync(join(repository, 'docs/recipes/kubernetes.md'), 'utf8')
  const manifests = blocksOf(text)
    .filter(({ language }) => language === 'yaml')
    .map((block): unknown => {
      const document = parseDocument(block.text)
      const [problem] = [...document.errors, ...document.warnings]
      if (problem) throw problem
      return document.toJS()
    })
  const ofKind = (kind: string): unknown =>
    manifests.find(
      (it) => typeof it === 'object' && it !== null && Reflect.get(it, 'kind') === kind,
    )
  return {
    // Whether they are that is what the tests ask.
    deployment: ofKind('Deployment') as Deployment,
    scaledObject: ofKind('ScaledObject') as ScaledObject,
    text,
  }
}
