// Runs one command: cli/main.ts <command> [arguments].
import { run } from './command.ts';
import { COMMANDS } from './commands.ts';

// A reader such as head may close the pipe. The command continues, because it may have to undo a change.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });

const [name = '', ...args] = process.argv.slice(2);
const build = COMMANDS.get(name);
if (build) await run(name, build(), args);
else {
  const asked = name === '--help' || name === '-h';
  if (name && !asked) console.error(`error: unknown command ${JSON.stringify(name)}`);
  const say = asked ? console.log : console.error;
  say(
    `Usage: node tools/node.cjs cli/main.ts <command> [arguments]\nCommands: ${[...COMMANDS.keys()].join(', ')}`,
  );
  process.exitCode = asked ? 0 : 2;
}
