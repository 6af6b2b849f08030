// Runs a script with Node 24, preferring an installed one to the one from npm.
// CommonJS in old syntax, because old versions of Node read it.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { delimiter, dirname, join, resolve, sep } = require('node:path');
const { pathToFileURL } = require('node:url');

const REQUIRED = 24;

const CDK_APP = 'infra/app.ts';

/** Whether a Node binary comes from an npm package, which a third party made. */
const isPackaged = (node) => node.split(sep).includes('node_modules');

/**
 * The Node that runs npm, if it is new enough. npm puts node_modules/.bin first on PATH, and with npm 11 that holds the
 * packaged Node, so an installed one would never be used.
 */
function nodeOfNpm() {
  const { npm_node_execpath: node, npm_config_user_agent: agent } = process.env;
  const [, major] = /\bnode\/v(\d+)/.exec(agent || '') || [];
  return node && Number(major) >= REQUIRED && !isPackaged(node) ? node : undefined;
}

/**
 * The binary from this platform's optional dependency; undefined where there is none. Its link in node_modules/.bin is
 * not enough: npm 10 removes it together with the packages of other platforms.
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
  const child = spawn(node, process.argv.slice(2), {
    stdio: 'inherit',
    env: { ...process.env, PATH: dirname(node) + delimiter + process.env.PATH },
  });
  // A terminal signals both processes, a supervisor only this one.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('error', ({ message }) => fail(`${node} cannot be run: ${message}`));
  child.on('exit', (code) => {
    process.exitCode = code === null ? 1 : code;
  });
}

/** One line about what is wrong, and the end. */
function fail(message) {
  console.error(`countermand: ${message}`);
  process.exitCode = 1;
}

/** The binary to use; undefined where there is none. */
function choose() {
  const isNew = Number(process.versions.node.split('.')[0]) >= REQUIRED;
  if (isNew && !isPackaged(process.execPath)) return process.execPath;
  return nodeOfNpm() || (isNew ? process.execPath : broughtByNpm());
}

const node = choose();
if (!existsSync(join(__dirname, '../node_modules'))) {
  fail('nothing is installed yet: run "npm ci" first.');
} else if (!node) {
  fail(
    `needs Node ${REQUIRED} and found ${process.versions.node}. On Linux (x64, arm64), Windows (x64) and Mac (x64) "npm ci" brings it; elsewhere install Node ${REQUIRED}.`,
  );
} else if (
  process.argv[2] === CDK_APP &&
  process.env.CDK_DEFAULT_ACCOUNT &&
  // The CDK's own process, which holds the credentials, runs on the first Node on PATH, as this one does.
  (isPackaged(node) || isPackaged(process.execPath))
) {
  fail(
    `the CDK has AWS credentials, so it does not run on the Node binary that npm installed, which a third party repackaged. Install Node ${REQUIRED} from https://nodejs.org or your package manager, and run "npm run cdk -- <command>".`,
  );
} else if (node === process.execPath) {
  process.argv.splice(1, 1);
  process.argv[1] = resolve(process.argv[1]);
  void import(pathToFileURL(process.argv[1]).href);
} else {
  runWith(node);
}
