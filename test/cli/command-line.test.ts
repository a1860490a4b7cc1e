import { execFile, spawnSync, type StdioOptions } from 'node:child_process'
import { existsSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it, vi } from 'vitest'
import { packageVersion } from '../../src/cli/package-info.ts'
import { createProgram } from '../../src/cli/program.ts'
import { projectOf } from '../support/project.ts'
import { repository } from '../support/user-project.ts'

interface Ended {
  code: number
  stdout: string
  stderr: string
}

const main = join(repository, 'src/cli/main.ts')

/** Runs `pikku …` from its sources, where there is no project. */
function pikku(args: string[], { cwd = '/', env = {} } = {}): Promise<Ended> {
  const options = { cwd, env: { ...process.env, NO_COLOR: '1', ...env } }
  return new Promise((resolve, reject) => {
    const child = execFile(process.execPath, [main, ...args], options, (error, stdout, stderr) => {
      const code = child.exitCode
      if (code === null) reject(error ?? new Error('it was killed'))
      else resolve({ code, stdout, stderr })
    })
  })
}

/** What the command line says and how it ends when it does not come to run a command. */
async function parse(args: string[]): Promise<Ended> {
  const program = createProgram(args[0])
  let [stdout, stderr] = ['', '']
  for (const command of [program, ...commandsOf(program).map(([, it]) => it)]) {
    command.configureOutput({
      writeOut: (text) => (stdout += text),
      writeErr: (text) => (stderr += text),
    })
  }
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
    throw new Error('ended')
  })
  try {
    await expect(program.parseAsync(args, { from: 'user' })).rejects.toThrow('ended')
    return { code: Number(exit.mock.lastCall?.[0]), stdout, stderr }
  } finally {
    exit.mockRestore()
  }
}

/** Each command by the words that call it: those below `queues`, too. */
function commandsOf(command: Command, words: string[] = []): [string, Command][] {
  return command.commands.flatMap((it): [string, Command][] => {
    const call = [...words, it.name()]
    return [[call.join(' '), it], ...commandsOf(it, call)]
  })
}
const commands = commandsOf(createProgram())
describe.each(commands)('pikku %s', (call, command) => {
  const words = call.split(' ')

  it('explains itself: what it takes, how it is called and how it ends', async () => {
    const { code, stdout, stderr } = await parse([...words, '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`Usage: pikku ${call} `)
    for (const { long, description } of command.options.filter(({ hidden }) => !hidden)) {
      expect(stdout).toContain(long)
      expect(description).not.toBe('')
    }
    expect(stdout).toMatch(new RegExp(`^Examples:\\n(  .*pikku ${call}.*\\n)+`, 'm'))
    expect(stdout).toMatch(/^Exit codes: 0 .* · 1 .* · 2 wrong usage.*\.$/m)
  })

  it('is there alone when it is called', () => {
    const [first] = words
    expect(createProgram(first).commands.map((it) => it.name())).toEqual([first])
  })

  it('takes an unknown flag for wrong usage', async () => {
    const { code, stdout, stderr } = await parse([...words, '--sideways'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain("unknown option '--sideways'")
  })
})

const leaves = commands.filter(([, command]) => command.commands.length === 0)
const withoutLast = leaves.flatMap(([call, { registeredArguments }]) => {
  const needed = registeredArguments.filter(({ required }) => required)
  return needed.length === 0 ? [] : [`${call}${' some'.repeat(needed.length - 1)}`]
})
const withOneMore = leaves.map(
  ([call, { registeredArguments }]) => `${call}${' some'.repeat(registeredArguments.length + 1)}`,
)

describe('is wrong usage:', () => {
  it.each(withoutLast)('pikku %s', async (call) => {
    const { code, stdout, stderr } = await parse(call.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('missing required argument')
  })

  it.each(withOneMore)('pikku %s', async (call) => {
    const { code, stdout, stderr } = await parse(call.split(' '))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('too many arguments')
  })
})

describe('pikku', () => {
  it('lists its commands, and tells its version', async () => {
    const help = await pikku(['--help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    for (const command of createProgram().commands) {
      expect(help.stdout).toMatch(new RegExp(`^  ${command.name()} `, 'm'))
    }
    expect(await parse(['--version'])).toEqual({
      ...{ code: 0, stdout: `${packageVersion}\n`, stderr: '' },
    })
  })

  it.each([
    ['no command', [], 'Usage: pikku '],
    ['no command of queues', ['queues'], 'Usage: pikku queues '],
    ['a command that is none', ['lits'], "unknown command 'lits'"],
    ['a command of queues that is none', ['queues', 'lits'], '(Did you mean list?)'],
    ['a provider that is none', ['queues', 'list', '--provider', 'kafka'], 'no such provider'],
    ['a status that is none', ['queues', 'show', 'a', '--status', 'lost'], 'Allowed choices are'],
    ['a limit that is none', ['queues', 'redrive', 'a', '--limit', '0'], '1 or more'],
    ['one job and all of them', ['queues', 'retry', 'a', 'b', '--all'], 'name one job'],
    ['a folder that is not below', ['init', '--dir', '../elsewhere'], 'a folder of the project'],
    ['a provider of no project', ['init', '-p', 'kafka'], 'no such provider'],
    ['a watch that only checks', ['generate', '--watch', '--check'], 'cannot be used with'],
  ])('takes %s for wrong usage', async (_what, args, said) => {
    const { code, stdout, stderr } = await parse(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(said)
  })

  it('exits 2 on wrong usage, and says why', async () => {
    const { code, stdout, stderr } = await pikku(['queues', 'show'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('missing required argument')
  })

  it.each([[['generate']], [['build']], [['doctor']], [['dashboard']], [['queues', 'list']]])(
    '%j exits 1 where there is no project',
    async (args) => {
      const { code, stdout, stderr } = await pikku(args)
      expect(code).toBe(1)
      expect(stdout + stderr).toContain('PKQ001')
    },
  )

  it
    .skipIf(!existsSync('/dev/full'))
    .each([[['generate', '--json']], [['--version']], [['generate', '--help']]])(
    '%j exits 1 when it cannot write what it prints, and says so',
    async (args) => {
      const cwd = await projectOf({ 'src/empty.ts': 'export {}\n' })
      const full = await open('/dev/full', 'w')
      const stdio: StdioOptions = ['ignore', full.fd, 'pipe']
      const { status, stderr } = spawnSync(process.execPath, [main, ...args], { cwd, stdio })
      await full.close()
      expect({ status, stderr: stderr.toString() }).toEqual({
        status: 1,
        stderr: 'error: the output could not be written: ENOSPC: no space left on device\n',
      })
    },
  )

  it('exits 1 at a server that is away, and never says a password', async () => {
    const cwd = await projectOf({
      '.pikku/pikku-contracts.gen.json': '{ "queues": {}, "$defs": {} }',
    })
    const env = { REDIS_URL: 'redis://:secret-word@127.0.0.1:1' }
    const { code, stdout, stderr } = await pikku(['queues', 'list'], { cwd, env })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^error PKQ601: /)
    expect(stderr).not.toContain('secret-word')
  })
})
