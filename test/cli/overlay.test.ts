import { readFileSync } from 'node:fs'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import { clientText } from '../../src/cli/scan/overlay-client.ts'
import { overlayText } from '../../src/cli/scan/overlay.ts'

const noServices = {
  createConfig: null,
  createSingletonServices: null,
  createSessionServices: null,
  singletonInterface: null,
  sessionInterface: null,
}

/** The members of each interface, and of the object types inside them, sorted: `queue.jobId`. */
function members(text: string): Record<string, string[]> {
  const file = ts.createSourceFile('it.ts', text, ts.ScriptTarget.Latest, true)
  const namesOf = (elements: readonly ts.TypeElement[]): string[] =>
    elements.flatMap((element) => {
      const name = element.name?.getText() ?? ''
      if (!ts.isPropertySignature(element) || !element.type) return [name]
      if (!ts.isTypeLiteralNode(element.type)) return [name]
      return [name, ...namesOf(element.type.members).map((inner) => `${name}.${inner}`)]
    })
  return Object.fromEntries(
    file.statements
      .filter(ts.isInterfaceDeclaration)
      .map((it) => [it.name.text, namesOf(it.members).sort()]),
  )
}

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

const runtime = (file: string) => members(read(`src/runtime/${file}`))

/** The public methods of a class, sorted. */
function methods(text: string, name: string): string[] {
  const file = ts.createSourceFile('it.ts', text, ts.ScriptTarget.Latest, true)
  const found = file.statements.filter(ts.isClassDeclaration).find((it) => it.name?.text === name)
  return (found?.members ?? [])
    .filter(ts.isMethodDeclaration)
    .map((it) => it.name?.getText() ?? '')
    .filter((it) => !it.startsWith('#'))
    .sort()
}

/** The scan's stand-in has to offer what the runtime offers, or sources that use it lose their types. */
describe('the overlay says the same as the runtime', () => {
  const overlay = members(overlayText(noServices, '.pikku'))
  const types = runtime('types.ts')

  it('interaction.queue', () => {
    const queue = overlay['Interaction']?.filter((name) => name.startsWith('queue.'))
    expect(queue).toEqual(types['QueueInteraction']?.map((name) => `queue.${name}`))
  })

  it.each(['JobError', 'JobOrigin', 'Logger'])('%s', (name) => {
    expect(overlay[name]).toEqual(types[name])
  })

  it('the settings of a function, and of a wiring', () => {
    const wiring = runtime('wiring.ts')
    const settings = overlay['Settings']?.filter((name) => !name.startsWith('docs.'))
    expect(settings).toEqual(wiring['FunctionSettings'])
    expect(overlay['Definition']).toEqual(wiring['FunctionDefinition'])
    expect(overlay['SchemaDefinition']).toEqual(wiring['SchemaDefinition'])
  })
})

describe('the stand-in for the generated client says the same as the runtime', () => {
  const client = members(clientText)

  it.each(['Job', 'JobError', 'JobOrigin'])('%s', (name) => {
    expect(client[name]).toEqual(runtime('types.ts')[name])
  })

  it('the methods of a client', () => {
    const own = methods(clientText, 'PikkuQueue')
    expect(own).toEqual(methods(read('src/runtime/client.ts'), 'QueueClient'))
    expect(own).toContain('waitForCompletion')
  })

  it('the methods of a queue of it', () => {
    const own = methods(clientText, 'QueueHandle')
    expect(own).toEqual(methods(read('src/runtime/queue-handle.ts'), 'ClientQueue'))
    expect(own).toContain('waitForCompletion')
  })

  it('what the generated file exports', () => {
    const exported = (text: string) =>
      new Set([...text.matchAll(/^export (?:declare )?\w+ (\w+)/gm)].map(([, name]) => name))
    expect(exported(clientText)).toEqual(exported(read('templates/pikku-queue.ejs')))
  })
})
