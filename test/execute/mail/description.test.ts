// What is said of a quarantine before it happens, which messages it is for, and the commands that undo it by hand.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { unknown } from '../../../functions/domain/facts.ts';
import { quarantineInGmail } from '../../../functions/execute/mail/gmail-message.ts';
import { quarantineInGraph } from '../../../functions/execute/mail/graph-message.ts';
import { alertWith, factsAbout, factsWith, subjectOn } from '../../fixtures/case.ts';
import { exchangeEmail, gmailEmail } from './mailboxes.ts';

const BOTH = [quarantineInGraph, quarantineInGmail];
const about = factsAbout('email-1', { address: null });

test('a person reads which message of whose mailbox loses what, who is affected, and how it ends', () => {
  const said = quarantineInGraph.describe(subjectOn(exchangeEmail), factsWith(about));
  expect(said).toMatchObject({
    headline: 'Quarantine the message “Your invoice” in the mailbox of finance@example.com',
    changes: [
      'The message is moved out of its folder into the hidden folder “Countermand Quarantine” of the same mailbox, which is made if it is missing, and stays. It is the message AAMkAG3-AAkALgInvoice1 from “billing@attacker.example”.',
    ],
    affected: ['finance@example.com loses sight of this one message, and no other'],
    undo: 'The message goes back to exactly the folder that it came from after 1 h unless somebody keeps it in quarantine',
  });
  const { changes } = quarantineInGmail.describe(subjectOn(gmailEmail), factsWith(about));
  expect(changes[0]).toContain('loses the labels that show it, the inbox among them');
});

test('unknown history is said to be unknown', () => {
  const { history } = about;
  const facts = factsWith({ ...about, history: { ...history, earlierIncidents: unknown('no') } });
  for (const { describe } of BOTH)
    expect(describe(subjectOn(gmailEmail), facts).affected[1]).toContain('is unknown');
});

describe('a quarantine is for', () => {
  const homes = (change: Partial<typeof gmailEmail>) =>
    BOTH.filter(
      ({ effects }) => effects(alertWith(), { ...gmailEmail, ...change }, null).length > 0,
    ).map(({ id }) => id);

  test('the provider that the alert names, and no other', () => {
    expect(homes({})).toEqual(['mail.gmail-message']);
    expect(homes(exchangeEmail)).toEqual(['mail.graph-message']);
    expect(homes({ attributes: { provider: 'pop3' } })).toEqual([]);
    expect(homes({ attributes: {} })).toEqual([]);
  });

  test.each([
    '18c2f0a1b2c3d4e5',
    'lee.chen@example.org',
    'lee.chen@example.org/',
    'lee.chen@example.org/..',
    'lee.chen@example.org/../../labels',
    'lee.chen@example.org/18c2?x=y',
    '../lee.chen@example.org/18c2f0a1b2c3d4e5',
    '<invoice-1@attacker.example>',
  ])('a message in a mailbox: not for %s', (value) => {
    expect(homes({ value })).toEqual([]);
  });

  test('accounts that are joined to the provider', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x';
    const joined = (integrations: object) =>
      BOTH.filter(({ configured }) => configured?.({ integrations })).map(({ id }) => id);
    expect(joined({})).toEqual([]);
    expect(joined({ gmail: { secretArn } })).toEqual(['mail.gmail-message']);
    expect(joined({ microsoftGraph: { secretArn } })).toEqual(['mail.graph-message']);
  });

  test('one message, however its mailbox is spelled', () => {
    const value = gmailEmail.value.replace('lee.chen', 'Lee.Chen');
    const [small, large] = [gmailEmail, { ...gmailEmail, value }].map((target) =>
      quarantineInGmail.effectKey(subjectOn(target)),
    );
    expect(small).toBe(large);
  });
});

describe('the commands that undo it by hand', () => {
  /** Runs them in a real shell, where `az` and `gam` only print what they were given, and answer `found`. */
  function run(lines: readonly string[]): string[] {
    const script = [
      'say() { { printf "%s\\x1f" "$@"; echo; } >&3; echo found; }',
      'az() { say az "$@"; }; gam() { say gam "$@"; }',
      ...lines,
    ].join('\n');
    return execFileSync('bash', ['-euc', `{ ${script}\n} 3>&1 >/dev/null`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\x1f').slice(0, -1).join(' '));
  }

  test('find the message by the name that its sender gave it, and move it to the inbox', () => {
    const { manualUndo } = quarantineInGraph.describe(subjectOn(exchangeEmail), null);
    const mailbox = 'https://graph.microsoft.com/v1.0/users/finance%40example.com';
    expect(run(manualUndo)).toEqual([
      `az rest --url ${mailbox}/mailFolders --url-parameters includeHiddenFolders=true $filter=displayName eq 'Countermand Quarantine' --query value[0].id --output tsv`,
      `az rest --url ${mailbox}/mailFolders/found/messages --url-parameters $filter=internetMessageId eq '<invoice-1@attacker.example>' --query value[0].id --output tsv`,
      `az rest --method post --url ${mailbox}/messages/found/move --body {"destinationId": "inbox"} --headers Content-Type=application/json`,
    ]);
  });

  test('give the labels of the inbox back', () => {
    const { manualUndo } = quarantineInGmail.describe(subjectOn(gmailEmail), null);
    expect(run(manualUndo)).toEqual([
      'gam user lee.chen@example.org modify messages ids 18c2f0a1b2c3d4e5 addlabel INBOX addlabel UNREAD removelabel Countermand Quarantine',
    ]);
  });

  test('hold what an attacker wrote into the message', () => {
    const internetMessageId = `<'; say pwned; $(say pwned) "@x>`;
    const target = {
      ...exchangeEmail,
      attributes: { ...exchangeEmail.attributes, internetMessageId },
    };
    const ran = run(quarantineInGraph.describe(subjectOn(target), null).manualUndo);
    expect(ran).toHaveLength(3);
    expect(ran[1]).toContain(`eq '<''; say pwned; $(say pwned) "@x>'`);
  });
});
