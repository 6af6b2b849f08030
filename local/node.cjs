// Says in one line what is wrong, where this project's own Node is not installed and the system's is too old.
// Plain JavaScript of long ago: it has to run on the versions that it refuses.
var REQUIRED = 24;
if (Number(process.versions.node.split('.')[0]) < REQUIRED) {
  console.error(
    'countermand: needs Node ' +
      REQUIRED +
      ' and found ' +
      process.versions.node +
      '. On Linux (x64, arm64), Windows (x64) and Mac (x64) "npm ci" brings it; elsewhere install Node ' +
      REQUIRED +
      '.',
  );
  process.exit(1);
}
