import type { ProviderName } from '../../runtime/capabilities.ts'
import { chooseProvider } from '../../runtime/choose-provider.ts'
import { isError } from '../diagnostics.ts'
import { type Folder, readFolder } from '../init/folder.ts'
import { install } from '../init/install.ts'
import { planSetup, type SetupPlan } from '../init/plan.ts'
import { type Ask, askProvider, askYes, terminal } from '../init/questions.ts'
import { runPipeline } from '../pipeline.ts'
import { count, type Output, reportDiagnostics, reportLine } from '../report.ts'
import { writeFiles } from '../write/write-files.ts'
import { reportRun } from './report-run.ts'

export interface InitOptions {
  /** The folder to set up; absolute. */
  cwd: string
  provider: ProviderName | undefined
  /** Folder for the example, relative to `cwd`. */
  sources: string | undefined
  /** Do not ask. */
  yes: boolean
  /** Install packages without asking. */
  install: boolean
  /** Default: this process's own. */
  ask?: Ask | null
  env?: NodeJS.ProcessEnv
  stdout?: Output
  stderr?: Output
}

/**
 * `pikku init`: says what it will do to set the project up, does it, and says what is left to do. What is
 * as it should be is left alone, so that a second run has nothing to do.
 * @returns the exit code: 0 when all is well, 1 when something is in the way, the user said no, or what
 *   there is cannot be generated.
 */
export async function init(options: InitOptions): Promise<0 | 1> {
  const { cwd, env = process.env, stdout = process.stdout, stderr = process.stderr } = options
  const ask = options.yes ? null : options.ask === undefined ? terminal() : options.ask
  const say = (line: string) => {
    reportLine(line, stdout)
  }
  const { folder, diagnostics } = readFolder(cwd)
  if (folder === null) return reportDiagnostics(diagnostics, { root: cwd, output: stderr })

  const choice = await choose(folder, options.provider, ask, env)
  if (choice === null) return refused(say)
  const plan = planSetup(folder, { ...choice, sources: options.sources, env })
  reportDiagnostics(plan.diagnostics, { root: cwd, output: stderr })
  if (plan.diagnostics.some(isError)) return 1
  if (plan.files.length === 0 && plan.install.length === 0) {
    say('nothing to do')
    return 0
  }

  describe(plan, say)
  if (plan.files.length > 0) {
    if (ask && !(await askYes(ask, 'Go ahead?'))) return refused(say)
    const failures = writeFiles(cwd, plan.files)
    if (failures.length > 0) return reportDiagnostics(failures, { root: cwd, output: stderr })
    say(`${count(plan.files.length, 'file')} written`)
  }
  const commands = plan.install.map(({ command }) => command)
  const installs = commands.length > 0 && (options.install || (await wantsInstall(ask, commands)))
  if (installs) {
    const failures = await install(cwd, plan.install, say)
    if (failures.length > 0) return reportDiagnostics(failures, { root: cwd, output: stderr })
  }
  const isInstalled = installs || commands.length === 0
  // Sources import what is generated: until it is there, they neither run nor compile.
  const exitCode = isInstalled ? await generateOnce(cwd, { stdout, stderr }) : 0
  if (isInstalled) sayNext([], plan.next, say)
  else sayNext(commands, [plan.generate, ...plan.next], say)
  return exitCode
}

async function generateOnce(
  cwd: string,
  outputs: { stdout: Output; stderr: Output },
): Promise<0 | 1> {
  const result = await runPipeline({ cwd, providers: [], check: false })
  return reportRun(result, { root: result.root, quiet: false, ...outputs })
}

type Say = (line: string) => void

async function wantsInstall(ask: Ask | null, commands: readonly string[]): Promise<boolean> {
  return ask !== null && (await askYes(ask, `${commands.join('\n')}\nInstall them now?`))
}

function refused(say: Say): 1 {
  say('nothing was changed')
  return 1
}

/** Null when the question had no answer. A project that has a pikku.config.json has answered it. */
async function choose(
  { config, configText }: Folder,
  asked: ProviderName | undefined,
  ask: Ask | null,
  environment: NodeJS.ProcessEnv,
): Promise<{ provider: ProviderName; isAsked: boolean } | null> {
  if (asked !== undefined) return { provider: asked, isAsked: true }
  const usual = chooseProvider({ configured: config.provider, environment })
  if (configText !== null || ask === null) return { provider: usual.name, isAsked: false }
  const provider = await askProvider(ask, usual.name, usual.because)
  return provider && { provider, isAsked: true }
}

function describe({ files }: SetupPlan, say: Say): void {
  const width = Math.max(...files.map(({ path }) => path.length))
  for (const { path, isNew, what } of files) {
    say(`  ${isNew ? 'create' : 'change'}  ${path.padEnd(width)}  ${what}`)
  }
  if (files.length === 0) say('nothing to change')
}

function sayNext(commands: readonly string[], next: SetupPlan['next'], say: Say): void {
  const width = Math.max(...next.map(({ command }) => command.length))
  say('\nNext:')
  for (const command of commands) say(`  ${command}`)
  for (const { command, what } of next) say(`  ${command.padEnd(width)}  # ${what}`)
}
