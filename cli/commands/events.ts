// The commands that read events from files: replay and explain.
import { requireAccount } from '../accounts.ts';
import { command, finish, type Json } from '../command.ts';

const eventsIn = ({ length }: readonly unknown[]): string =>
  length === 1 ? '1 event' : `${length} events`;

const PATH = 'a file with one event, or a folder of .json and .txt files';

export const replay = () =>
  command({
    call: 'npm run replay --',
    purpose: 'Processes events in memory, from intake to close, and prints the decisions.',
    examples: [
      ['local/samples', 'replays every sample'],
      ['--json alert.json', 'replays one event for another program'],
    ],
    exitCodes: [
      [0, 'every event was accepted'],
      [1, 'an event was refused'],
    ],
  })
    .argument('<path>', PATH)
    .action((path: string, options: Json) =>
      finish('replay', options, async (out) => {
        const events = (await import('../events.ts')).readEvents(path);
        out.progress(`Replaying ${eventsIn(events)} in memory ...`);
        return (await import('../replay.ts')).replay(events, out);
      }),
    );

export const explain = () =>
  command({
    call: 'npm run explain --',
    purpose:
      'Processes events in memory and prints every rule that was evaluated, with its inputs and its verdict.',
    examples: [
      ['local/samples/mining.json', "explains a sample under the laptop's policy"],
      ['alert.json example', 'explains it under policies/accounts/example.yaml'],
    ],
    exitCodes: [
      [0, 'every event was accepted'],
      [1, 'an event was refused'],
    ],
  })
    .argument('<path>', PATH)
    .argument('[account]', 'a file in policies/accounts, without .yaml', 'local')
    .action((path: string, account: string, options: Json) =>
      finish('explain', options, async (out) => {
        requireAccount(account);
        const events = (await import('../events.ts')).readEvents(path);
        out.progress(`Explaining ${eventsIn(events)} in memory ...`);
        return (await import('../explain.ts')).explain(events, account, out);
      }),
    );
