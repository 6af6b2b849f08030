// Runs a script with Node 24: this one, or the one that `npm ci` brought for the platform. If there is none, says so.
// CommonJS and nothing new, because old versions have to read it. The package's own link in node_modules/.bin is not
// enough: npm 10 removes it together with the packages of the platforms that it passes over.
const { spawn } = require('node:child_process');
const { existsSync } = require('node:fs');
const { delimiter, dirname, join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const REQUIRED = 24;

/** The binary from this platform's optional dependency; undefined where there is none. */
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

const own = broughtByNpm();
if (!existsSync(join(__dirname, '../node_modules'))) {
  fail('nothing is installed yet: run "npm ci" first.');
} else if (Number(process.versions.node.split('.')[0]) >= REQUIRED) {
  process.argv.splice(1, 1);
  process.argv[1] = resolve(process.argv[1]);
  void import(pathToFileURL(process.argv[1]).href);
} else if (own) {
  runWith(own);
} else {
  fail(
    `needs Node ${REQUIRED} and found ${process.versions.node}. On Linux (x64, arm64), Windows (x64) and Mac (x64) "npm ci" brings it; elsewhere install Node ${REQUIRED}.`,
  );
}
