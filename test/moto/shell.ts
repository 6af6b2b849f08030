// A shell with an `aws` command against moto, as a runbook's reader has it.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { ensureMotoVenv } from './venv.ts';

/** One run of the AWS CLI: its words, its exit code, and its error output. */
export type Ran = { words: string[]; code: number; error: string };
export type Shell = Awaited<ReturnType<typeof startShell>>;

export async function startShell(endpoint: string) {
  const python = await ensureMotoVenv();
  const { PATH = '' } = process.env;
  const bin = await mkdtemp(join(tmpdir(), 'aws-cli-'));
  const commands = join(bin, 'commands.jsonl');
  const cli = spawn(python, [join(import.meta.dirname, 'aws_cli.py')], {
    env: {
      PATH,
      AWS_ENDPOINT_URL: endpoint,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_COMMANDS: commands,
      PYTHONUTF8: '1',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [port] = await once(createInterface(cli.stdout), 'line');
  const put = async (name: string, command: string) => {
    await writeFile(join(bin, name), `#!/bin/sh\n${command}\n`);
    await chmod(join(bin, name), 0o755);
  };
  const command = join(import.meta.dirname, 'aws_command.py');
  await put('aws', `exec '${python}' -SE '${command}' ${port} "$@"`);
  await put('whois', 'true');

  return {
    /**
     * A folder to run commands in, signed in with an access key. bash runs them and stops at the first failure.
     */
    async folder(accessKeyId = 'test') {
      const directory = await mkdtemp(join(tmpdir(), 'runbook-'));
      return {
        async run(lines: readonly string[], { stopAtFailure = true } = {}) {
          await writeFile(commands, '');
          const script = [`set -u${stopAtFailure ? 'e' : ''}`, ...lines].join('\n');
          const ended = await new Promise<{ code: number; out: string; error: string }>((resolve) =>
            execFile(
              'bash',
              // With a pipe as input, bash would assume a network connection and read the user's settings.
              ['--norc', '--noprofile', '-c', script],
              {
                cwd: directory,
                env: { PATH: [bin, PATH].join(delimiter), AWS_ACCESS_KEY_ID: accessKeyId },
                encoding: 'utf8',
              },
              (failure, out, error) =>
                resolve({ code: failure ? Number(failure.code ?? 1) : 0, out, error }),
            ),
          );
          const ran = (await readFile(commands, 'utf8'))
            .split('\n')
            .filter(Boolean)
            .map((line): Ran => JSON.parse(line));
          return { ...ended, ran };
        },
        remove: () => rm(directory, { recursive: true }),
      };
    },
    async stop() {
      cli.stdin.end();
      await once(cli, 'exit');
      await rm(bin, { recursive: true });
    },
  };
}
