import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, sep } from 'node:path'
import type { ProviderName } from '../../runtime/capabilities.ts'
import { isError, keptAsItIs, outsideRootDir, type Diagnostic } from '../diagnostics.ts'
import { checkModules } from './check-modules.ts'
import { examplesInTheWay, planExample, producer } from './example.ts'
import type { Folder } from './folder.ts'
import { isOutsideRootDir, type Layout, layOut } from './layout.ts'
import { type PackageManager, packageManager } from './package-manager.ts'
import { installedBelow, type InstallStep, installSteps } from './packages.ts'
import { planConfig, type PlannedFile, planManifest, planTsconfig } from './plan-files.ts'
import { rootDirOf } from './root-dir.ts'
import { typeScriptMajor } from './tsconfig-file.ts'

/** A command to run, and what for. */
export interface NextStep {
  command: string
  what: string
}

/** Everything that setting up a project will do, before any of it is done. */
export interface SetupPlan {
  files: PlannedFile[]
  /** What installs what is missing. */
  install: InstallStep[]
  /** Generates what sources import; once the packages are there. */
  generate: NextStep
  /** What to run then. */
  next: NextStep[]
  /** With an error among them, nothing can be done. */
  diagnostics: Diagnostic[]
}

export interface SetupChoice {
  /** What the project is to run on. */
  provider: ProviderName
  /** Was it asked for? Else a pikku.config.json that names none is left so. */
  isAsked: boolean
  /** Folder for the example, relative to the root. */
  sources: string | undefined
  env: NodeJS.ProcessEnv
}

export function planSetup(folder: Folder, choice: SetupChoice): SetupPlan {
  const { root, manifest, tsconfig, configText, isModule } = folder
  const { provider, isAsked, env } = choice
  const layout = layOut(folder, choice.sources)
  const typescript = typeScriptMajor(root, manifest?.value)
  const problems = tsconfig ? checkModules(tsconfig, { isModule, typescript }) : []
  const manager = packageManager(root, env)
  const generate = { command: `${manager.run} pikku generate`, what: 'writes what sources import' }
  if (problems.some(isError)) {
    return { files: [], install: [], generate, next: [], diagnostics: problems }
  }

  const inTheWay = folder.isWired ? [] : examplesInTheWay(folder, layout)
  const hasExample = !folder.isWired && inTheWay.length === 0
  const config = {
    provider: isAsked || configText === null ? provider : undefined,
    schema: schemaFrom(root),
  }
  const isCompiled = layout.generated !== '#pikku'
  const rootDir = isCompiled && hasExample ? rootDirOf(folder, layout, typescript) : undefined
  const steps = [
    planManifest(folder, layout),
    planTsconfig(folder, layout, { hasExample, rootDir: rootDir?.isToBeSet && rootDir.folder }),
    planConfig(folder, layout, config),
  ]
  const runsTypeScript = hasExample && !isCompiled && manager.name !== 'bun'
  return {
    files: [
      ...steps.flatMap(({ file }) => (file ? [file] : [])),
      ...(hasExample ? planExample(folder, layout, provider) : []),
      ...planIgnored(folder, layout),
    ],
    generate,
    install: installSteps(root, manifest?.value, manager, { provider, runsTypeScript }),
    next: [
      {
        command: `${manager.run} pikku dev`,
        what: 'runs the worker and the dashboard, anew after each change',
      },
      ...(hasExample
        ? [
            {
              command: producing(folder, layout, manager, rootDir?.folder),
              what: 'adds a job, from another terminal',
            },
          ]
        : []),
      { command: `${manager.run} pikku worker`, what: 'runs the worker alone, as in production' },
    ],
    diagnostics: [
      ...steps.flatMap(({ notes }) => notes),
      ...inTheWay.map((path) => keptAsItIs(path, 'There is no example therefore; docs/ has some.')),
      ...rootDirProblem(folder, layout),
    ],
  }
}

/** How the example's producer is run. @param rootDir of a project that is compiled */
function producing(
  { tsconfig, root }: Folder,
  { sources }: Layout,
  { name, run }: PackageManager,
  rootDir: string | undefined,
): string {
  if (rootDir === undefined) {
    return `${name === 'bun' ? 'bun' : `${run} tsx`} ${posix.join(sources, `${producer}.ts`)}`
  }
  const { outDir = root } = tsconfig?.options ?? {}
  const way = relative(rootDir, join(root, sources, `${producer}.js`))
  return `${run} tsc && node ${relative(root, join(outDir, way)).split(sep).join('/')}`
}

function rootDirProblem(folder: Folder, { outDir }: Layout): Diagnostic[] {
  const { rootDir } = folder.tsconfig?.options ?? {}
  if (rootDir === undefined || !isOutsideRootDir(folder, outDir)) return []
  return [outsideRootDir(outDir, relative(folder.root, rootDir).split(sep).join('/'))]
}

/** Data and caches keep themselves out of git. Of a project that is there, the rest is the user's matter. */
function planIgnored({ root, manifest, isFresh }: Folder, { outDir }: Layout): PlannedFile[] {
  const path = '.gitignore'
  if ((manifest !== null && !isFresh) || existsSync(join(root, path))) return []
  const what = 'what is installed, generated and built'
  return [{ path, text: `node_modules/\n${outDir}/\ndist/\n`, isNew: true, what }]
}

/** The schema of pikku.config.json, as editors find it: in a workspace it may be installed above. */
function schemaFrom(root: string): string {
  const folder = installedBelow(root, 'pikku-queue') ?? workspaceOf(root) ?? root
  const way = relative(root, folder).split(sep).join('/') || '.'
  return `${way}/node_modules/pikku-queue/config.schema.json`
}

/** Where a package that is not installed yet will be: with all others of the workspace, but by pnpm. */
function workspaceOf(root: string): string | undefined {
  for (let folder = dirname(root); dirname(folder) !== folder; folder = dirname(folder)) {
    const path = join(folder, 'package.json')
    if (existsSync(path) && /"workspaces"\s*:/.test(readFileSync(path, 'utf8'))) return folder
  }
  return undefined
}
