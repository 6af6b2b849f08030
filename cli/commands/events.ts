// The commands that read events from files: replay and explain.
import { statSync } from 'node:fs';
import { requireAccount } from '../accounts.ts';
import { command, finish, type Json } from '../command.ts';
import { Refused } from '../refused.ts';

const eventsIn = ({ length }: readonly unknown[]): string =>
  length === 1 ? '1 event' : `${length} events`;

const PATH =
  'a file with one event, a case of cases/ with its facts, or a folder of .json and .txt files';
const FACTS = [
  '--facts <file>',
  'YAML with facts of your account by reference, in the form of a case',
] as const;

/** The events of the path, and the facts to use in place of the stand-in's. */
async function eventsOf(path: string, facts: string | undefined) {
  const { isCase, readCaseEvent, readGivenFacts } = await import('../given-facts.ts');
  if (isCase(path)) {
    const { event, given } = await readCaseEvent(path);
    return { events: [event], given: facts ? readGivenFacts(facts) : given };
  }
  const events = (await import('../events.ts')).readEvents(path);
  return { events, given: facts ? readGivenFacts(facts) : null };
}

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
    .option(...FACTS)
    .action((path: string, options: Json & { facts?: string }) =>
      finish('replay', options, async (out) => {
        const { events, given } = await eventsOf(path, options.facts);
        out.progress(`Replaying ${eventsIn(events)} in memory ...`);
        return (await import('../replay.ts')).replay(events, out, given);
      }),
    );

export const explain = () =>
  command({
    call: 'npm run explain --',
    purpose:
      'Processes events in memory and prints every rule that was evaluated, with its inputs and its verdict.',
    examples: [
      ['local/samples/mining.json', "explains a sample under the laptop's policy"],
      ['cases/12-sso-administrator-from-tor.yaml', 'explains a case with the facts of its account'],
      ['--facts facts.yaml alert.json', 'explains an event with facts of your account'],
      ['alert.json example', 'explains it under policies/accounts/example.yaml'],
      ['--copies .data/archive', 'explains recorded decisions, and decides each again'],
    ],
    exitCodes: [
      [0, 'every event was accepted; with --copies, every decision would be the same'],
      [1, 'an event was refused; with --copies, a decision would differ or has no record'],
    ],
  })
    .argument('<path>', PATH)
    .argument('[account]', 'a file in policies/accounts, without .yaml', 'local')
    .option('--copies', 'read <path> as a folder with copies of records, as `archive` writes them')
    .option(...FACTS)
    .option('--action <id>', 'with --copies: explain only this action')
    .action(
      (
        path: string,
        account: string,
        options: Json & { copies?: true; action?: string; facts?: string },
      ) =>
        finish('explain', options, async (out) => {
          if (options.action && !options.copies) throw new Refused('--action needs --copies');
          if (options.copies) {
            if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
              throw new Refused(`there is no folder at ${path}`);
            const { copiesInFolder } = await import('../../local/archive-copies.ts');
            const { explainCopies } = await import('../explain-copies.ts');
            return explainCopies(copiesInFolder(path), options.action, out);
          }
          requireAccount(account);
          const { events, given } = await eventsOf(path, options.facts);
          out.progress(`Explaining ${eventsIn(events)} in memory ...`);
          return (await import('../explain.ts')).explain(events, account, out, given);
        }),
    );
