// Runs one command. The scripts of package.json name it: cli/main.ts replay <path>.
import { run } from './command.ts';
import { COMMANDS } from './commands.ts';

const [name = '', ...args] = process.argv.slice(2);
const build = COMMANDS.get(name);
if (build) await run(name, build(), args);
else {
  const asked = name === '--help' || name === '-h';
  const say = asked ? console.log : console.error;
  say(
    `usage: node tools/node.cjs cli/main.ts <command>; commands: ${[...COMMANDS.keys()].join(', ')}`,
  );
  process.exitCode = asked ? 0 : 2;
}
