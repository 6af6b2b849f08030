// Who may touch what. A planted violation of each rule is found by test/repo/dependency-rules.test.ts.

/** Parts of functions/ that others may use: they decide nothing and touch nothing of their own. */
const SHARED = [
  'functions/(domain|address|audit|remote|store|scheduling|traffic)/',
  'functions/notify/((message|deployed|send-all|links)\\.ts$|texts/)',
  'functions/execute/(mechanism|registry)\\.ts$',
  'functions/web/(link|seal|kms-mac)\\.ts$',
].join('|');

/** @type {import("dependency-cruiser").IConfiguration & { forbidden: import("dependency-cruiser").IForbiddenRuleType[], options: import("dependency-cruiser").ICruiseOptions }} */
export default {
  forbidden: [
    {
      name: 'domain-imports-zod-only',
      severity: 'error',
      from: { path: '^functions/domain/' },
      to: { pathNot: '^(functions/domain/|node_modules/zod/)' },
    },
    {
      name: 'functions-do-not-import-each-other',
      comment: 'The state machine joins them.',
      severity: 'error',
      from: {
        path: '^functions/([^/]+)/',
        pathNot: '^functions/(execute|reverse|store|audit|notify|web)/',
      },
      to: { path: '^functions/', pathNot: `^functions/$1/|^(${SHARED})` },
    },
    {
      name: 'executors-import-shared-parts-only',
      comment:
        'execute and reverse are two directions of one mechanism; both read the job from the record.',
      severity: 'error',
      from: { path: '^functions/(execute|reverse)/' },
      to: { path: '^functions/', pathNot: `^functions/(execute|reverse)/|^(${SHARED})` },
    },
    {
      name: 'notify-and-web-import-shared-parts-only',
      comment: 'notify opens tickets with the ticket mechanism of execute.',
      severity: 'error',
      from: { path: '^functions/(notify|web)/([^/]+)' },
      to: {
        path: '^functions/',
        pathNot: `^functions/$1/|^(${SHARED})|^functions/execute/ticket/`,
      },
    },
    {
      name: 'store-and-audit-know-no-function',
      severity: 'error',
      from: { path: '^functions/(store|audit)/' },
      to: { path: '^functions/', pathNot: '^functions/(store|audit|domain)/' },
    },
    {
      name: 'functions-know-nothing-outside',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(infra|local|test|policies)/' },
    },
    {
      name: 'infra-imports-names-and-shapes-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(functions|local|test)/',
        pathNot:
          '^functions/(domain/|store/(table-definition|table)\\.ts|execute/(registry|mechanism)\\.ts)',
      },
    },
    {
      name: 'nothing-imports-local',
      severity: 'error',
      from: { pathNot: '^(local|test)/' },
      to: { path: '^local/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'sdk-clients-are-built-in-handlers',
      comment:
        'Working files get them passed in. The environment is kept to handlers by the linter.',
      severity: 'error',
      from: {
        path: '^functions/',
        pathNot: '(handler|deployed|table)\\.ts$',
      },
      to: { path: '^node_modules/@aws-sdk/(client|lib)-', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.cjs', '.js', '.json'],
    },
  },
};
