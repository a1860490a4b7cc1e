import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { blocksOf } from './support/code-page.ts'
import { repository } from './support/user-project.ts'

interface Statement {
  Action: string[]
  Resource: string
}

interface Template {
  Transform: string
  Resources: {
    EmailDead: { Properties: { QueueName: string } }
    Email: {
      Properties: {
        QueueName: string
        VisibilityTimeout: number
        RedrivePolicy: { deadLetterTargetArn: string; maxReceiveCount: number }
      }
    }
    Worker: {
      Properties: {
        Runtime: string
        CodeUri: string
        Handler: string
        Timeout: number
        Policies: [{ Statement: [Statement, Statement] }]
        Events: { Email: { Properties: { Queue: string; FunctionResponseTypes: string[] } } }
      }
    }
  }
}

const read = (path: string) => readFileSync(join(repository, path), 'utf8')
const page = read('docs/recipes/lambda.md')
const { Resources, Transform } = templateOf(page)
const [queue, letters] = [Resources.Email.Properties, Resources.EmailDead.Properties]
const worker = Resources.Worker.Properties

/** The template of the page; what `!GetAtt` names it has as `Email.Arn`. */
function templateOf(text: string): Template {
  const [block, ...others] = blocksOf(text).filter(({ language }) => language === 'yaml')
  expect(others).toEqual([])
  const getAtt = { tag: '!GetAtt', resolve: (name: string) => name }
  const document = parseDocument(block?.text ?? '', { customTags: [getAtt] })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) throw problem
  // Whether it is that is what the tests ask.
  return document.toJS() as Template
}

it('the function is what the page builds, on a Node that it runs on', () => {
  expect(Transform).toBe('AWS::Serverless-2016-10-31')
  const [, file = ''] = /npx pikku build --target lambda +# (\S+),/.exec(page) ?? []
  expect(file).toBe(`${worker.CodeUri}/${worker.Handler.replace(/\.handler$/, '.mjs')}`)
  const [, node = ''] = /^nodejs(\d+)\.x$/.exec(worker.Runtime) ?? []
  const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } }
  expect(engines.node).toMatch(new RegExp(`^>=${node}\\.`))
})

it('its settings are those that the page asks for', () => {
  expect(page).toContain("config: { deadLetterQueue: 'email-dead' }")
  expect([queue.QueueName, letters.QueueName]).toEqual(['email', 'email-dead'])
  expect(queue.RedrivePolicy.deadLetterTargetArn).toBe('EmailDead.Arn')
  expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * worker.Timeout)
  const defaultAttempts = 3
  expect(queue.RedrivePolicy.maxReceiveCount).toBe(defaultAttempts + 20)
  const { Queue, FunctionResponseTypes } = worker.Events.Email.Properties
  expect(Queue).toBe('Email.Arn')
  expect(FunctionResponseTypes).toEqual(['ReportBatchItemFailures'])
})

it('it may do what the page of SQS says that a worker has to', () => {
  const sqs = read('docs/providers/sqs.md')
  const actionsOf = (who: string) => {
    const row = new RegExp(`^\\| ${who} +\\| (.*) \\|$`, 'm').exec(sqs)?.[1] ?? ''
    return row.split('; ').map((part) => part.match(/sqs:\w+/g) ?? [])
  }
  const [ofProducer = []] = actionsOf('a producer')
  const [onQueues = [], onLetters = []] = actionsOf('a worker')
  const [first, second] = worker.Policies[0].Statement
  expect(first.Resource).toBe('Email.Arn')
  expect(first.Action.toSorted()).toEqual([...onQueues, ...ofProducer].sort())
  expect(second.Resource).toBe('EmailDead.Arn')
  expect(second.Action).toEqual(expect.arrayContaining(onLetters))
})
