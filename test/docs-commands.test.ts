import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { createProgram } from '../src/cli/program.ts'

const folder = fileURLToPath(new URL('../docs/commands/', import.meta.url))
const commands = createProgram().commands
const read = (name: string) => readFileSync(`${folder}${name}.md`, 'utf8')

/** The long flags of a command and of those below it. */
function flagsOf(command: Command): string[] {
  const own = command.options.flatMap(({ long, hidden }) => (hidden ? [] : (long ?? [])))
  return [...new Set([...own, ...command.commands.flatMap(flagsOf)])]
}

function helpOf(command: Command): string {
  let text = ''
  command.configureOutput({ writeOut: (more) => (text += more) }).outputHelp()
  return text
}

/** The exit codes that a page or a help explains. */
function codesIn(text: string): string[] {
  const [, line] = /^Exit codes: (.+)$/m.exec(text) ?? []
  if (line === undefined) throw new Error(`there are no exit codes in\n${text}`)
  return line.split(' · ').flatMap((part) => /^\d+/.exec(part) ?? [])
}

describe('the pages of the commands', () => {
  it('are one for each', () => {
    const names = commands.map((command) => `${command.name()}.md`)
    expect(readdirSync(folder).sort()).toEqual(names.sort())
  })

  it.each(commands.map((command) => [command.name(), command] as const))(
    'pikku %s: what it takes and how it ends',
    (name, command) => {
      const page = read(name)
      expect(page).toMatch(new RegExp(`^# pikku ${name}\n`))
      const flags = flagsOf(command)
      expect(flags.filter((flag) => !page.includes(flag))).toEqual([])
      expect(codesIn(page)).toEqual(codesIn(helpOf(command)))

      const calls = [...page.matchAll(new RegExp(`pikku(?:-queue)? ${name} ([^\`#\n]*)`, 'g'))]
      const given = calls.flatMap(([, args = '']) => args.match(/--[\w-]+/g) ?? [])
      expect(given.filter((flag) => !flags.includes(flag))).toEqual([])
    },
  )
})
