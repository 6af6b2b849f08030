// Who may touch what. A planted violation of each rule is found by test/repo/dependency-rules.test.ts.

/** Folders of functions/ that the state machine runs. They do not import each other. */
const STEPS =
  'intake|enrich|analyse|gate|approve|execute|reverse|remind|notify|close|sweep|web|archive|digest|ticket|summarise|world|bounce|halt|resume';
/** Folders of functions/ that several steps use. They do not import steps. */
const LIBRARIES =
  'domain|policy|store|sources|mechanisms|links|authority|messaging|platform|playbook|site|sign-in|dossier';

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
      name: 'steps-do-not-import-each-other',
      comment: 'The state machine joins them.',
      severity: 'error',
      from: { path: `^functions/(${STEPS})/` },
      to: { path: `^functions/(${STEPS})/`, pathNot: '^functions/$1/' },
    },
    {
      name: 'libraries-do-not-import-steps',
      severity: 'error',
      from: { path: `^functions/(${LIBRARIES})/`, pathNot: '(/stand-in[\\w-]*|\\.test)\\.ts$' },
      to: { path: `^functions/(${STEPS})/` },
    },
    {
      name: 'functions-know-nothing-outside',
      severity: 'error',
      from: { path: '^functions/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(cli|console|infra|local|test|tools)/' },
    },
    {
      name: 'infra-imports-names-and-shapes-only',
      severity: 'error',
      from: { path: '^infra/' },
      to: {
        path: '^(cli|console|functions|local|test|tools)/',
        pathNot:
          '^functions/(domain|policy|mechanisms|sources)/|^functions/store/(archived|layout|summarised|table-definition|table|writers)\\.ts$',
      },
    },
    {
      name: 'nothing-imports-the-laptop',
      comment:
        'cli, console, local and tools are programs; what is deployed knows nothing of them.',
      severity: 'error',
      from: { pathNot: '^(cli|console|local|test|tools)/|\\.test\\.ts$' },
      to: { path: '^(cli|console|local|tools)/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '^test/|\\.test\\.ts$' },
      to: { path: '^test/' },
    },
    {
      name: 'sdk-clients-are-built-in-handlers',
      comment:
        'Working files get them passed in. The environment is kept to handlers by the linter.',
      severity: 'error',
      from: {
        path: '^functions/',
        pathNot: '(handler|deps|aws|http-clients|table|\\.test)\\.ts$',
      },
      to: { path: '^node_modules/@aws-sdk/(client|lib)-', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
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
