// Runs a script with Node 24: an installed one if possible, or the one from npm.
// CommonJS in old syntax, because old versions of Node read it.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { delimiter, dirname, join, resolve, sep } = require('node:path');
const { pathToFileURL } = require('node:url');

const REQUIRED = 24;

/**
 * Compiled code. With it, a command starts in half the time, and npm start takes 15 MB less memory. An installed Node,
 * which may have AWS credentials, never runs what a packaged one compiled.
 */
const cacheOf = (node) =>
  process.env.NODE_COMPILE_CACHE ||
  join(
    __dirname,
    '../node_modules/.cache/countermand',
    isPackaged(node) ? 'packaged' : 'installed',
  );

const CDK_APP = 'infra/app.ts';
const CDK = 'node_modules/aws-cdk/bin/cdk';
/** Commands of the CDK that stay on this machine. A command that is not listed may call AWS. */
const CDK_OFFLINE =
  /^(acknowledge|ack|context|docs|doc|doctor|flags|help|init|list|ls|metadata|notices|synth|synthesize|version|-h|--help|--version)$/;
/** Commands that call AWS, so that the value of an option such as `--profile list` does not hide one. */
const CDK_CALLS_AWS =
  /^(bootstrap|deploy|destroy|diagnose|diff|drift|gc|import|migrate|publish-assets|refactor|rollback|validate|watch)$/;

/** Whether a Node binary comes from an npm package, which a third party made. */
const isPackaged = (node) => node.split(sep).includes('node_modules');

/**
 * The Node that runs npm, if it is new enough. npm puts node_modules/.bin first on PATH. With npm 11, that folder holds
 * the packaged Node, and would hide an installed one.
 */
function nodeOfNpm() {
  const { npm_node_execpath: node, npm_config_user_agent: agent } = process.env;
  const [, major] = /\bnode\/v(\d+)/.exec(agent || '') || [];
  return node && Number(major) >= REQUIRED && !isPackaged(node) ? node : undefined;
}

/**
 * The binary from this platform's optional dependency; undefined if there is none. The link in node_modules/.bin isn't
 * reliable: npm 10 removes it together with the packages of other platforms.
 */
function broughtByNpm() {
  const windows = process.platform === 'win32';
  const name = `node-${windows ? 'win' : process.platform}-${process.arch}`;
  try {
    return require.resolve(`${name}/bin/${windows ? 'node.exe' : 'node'}`);
  } catch {
    return undefined;
  }
}

function runWith(node) {
  const child = spawn(node, [...process.execArgv, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_COMPILE_CACHE: cacheOf(node),
      PATH: dirname(node) + delimiter + process.env.PATH,
    },
  });
  // A terminal signals both processes; a supervisor signals only this one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', ({ message }) => fail(`${node} cannot be run: ${message}`));
  child.on('exit', (code) => {
    process.exitCode = code === null ? 1 : code;
  });
}

/** Prints one line and sets the exit code. */
function fail(message) {
  console.error(`countermand: ${message}`);
  process.exitCode = 1;
}

/** The binary to use; undefined if there is none. */
function choose() {
  const isNew = Number(process.versions.node.split('.')[0]) >= REQUIRED;
  if (isNew && !isPackaged(process.execPath)) return process.execPath;
  return nodeOfNpm() || (isNew ? process.execPath : broughtByNpm());
}

/** Whether this call hands AWS credentials to a Node binary that a third party packaged. */
function exposesCredentials() {
  const [, , script, ...args] = process.argv;
  // The CDK's own process holds the credentials. It ran on the first Node on PATH, as this process does.
  if (script === CDK_APP)
    return (
      Boolean(process.env.CDK_DEFAULT_ACCOUNT) && (isPackaged(node) || isPackaged(process.execPath))
    );
  const mayCallAws =
    args.some((arg) => CDK_CALLS_AWS.test(arg)) || !args.some((arg) => CDK_OFFLINE.test(arg));
  return script === CDK && mayCallAws && isPackaged(node);
}

const node = choose();
if (!existsSync(join(__dirname, '../node_modules'))) {
  fail('no packages are installed. Run "npm ci" first.');
} else if (!node) {
  fail(
    `Node ${REQUIRED} is required; this is Node ${process.versions.node}. On Linux (x64, arm64), Windows (x64) and Mac (x64), "npm ci" installs it. Elsewhere, install Node ${REQUIRED} from https://nodejs.org.`,
  );
} else if (exposesCredentials()) {
  fail(
    `the CDK would use AWS credentials on the Node binary that npm installed, which a third party repackaged. Install Node ${REQUIRED} from https://nodejs.org or your package manager, and run "npm run cdk -- <command>".`,
  );
} else if (node === process.execPath) {
  require('node:module').enableCompileCache(cacheOf(node));
  process.argv.splice(1, 1);
  process.argv[1] = resolve(process.argv[1]);
  void import(pathToFileURL(process.argv[1]).href);
} else {
  runWith(node);
}
