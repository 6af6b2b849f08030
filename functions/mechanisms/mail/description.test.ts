// Description, eligible messages and undo commands of a quarantine.
import { describe, expect, test } from 'vitest';
import {
  alertWith,
  factsAbout,
  factsWith,
  POLICY,
  subjectOn,
} from '../../../test/fixtures/case.ts';
import { exchangeEmail, gmailEmail } from '../../../test/mechanisms/mail/mailboxes.ts';
import { callsOf } from '../../../test/shell.ts';
import { unknown } from '../../domain/facts.ts';
import { quarantineInGmail } from './gmail-message.ts';
import { quarantineInGraph } from './graph-message.ts';

const BOTH = [quarantineInGraph, quarantineInGmail];
const about = factsAbout('email-1', { address: null });

test('describes the message, the mailbox, who is affected and the undo', () => {
  const said = quarantineInGraph.describe(subjectOn(exchangeEmail), factsWith(about));
  expect(said).toMatchObject({
    headline: 'Quarantine the message “Your invoice” in the mailbox of finance@example.com',
    changes: [
      'Move the message to the hidden folder “Countermand Quarantine” of the same mailbox. Message ID: AAMkAG3-AAkALgInvoice1, from “billing@attacker.example”',
    ],
    affected: ['The owner of the mailbox, who no longer sees this one message'],
    undo: 'Moves the message back to its original folder after 1 h, unless someone keeps it',
  });
  const { changes } = quarantineInGmail.describe(subjectOn(gmailEmail), factsWith(about));
  expect(changes[0]).toContain('Replace the labels that show the message, such as the inbox');
});

test('reports an unknown history as unknown', () => {
  const { history } = about;
  const facts = factsWith({ ...about, history: { ...history, earlierIncidents: unknown('no') } });
  for (const { describe } of BOTH)
    expect(describe(subjectOn(gmailEmail), facts).affected[1]).toMatch(
      /^Unknown: earlier incidents/,
    );
});

describe('a quarantine', () => {
  const homes = (change: Partial<typeof gmailEmail>) =>
    BOTH.filter(
      ({ effects }) => effects(alertWith(), { ...gmailEmail, ...change }, null).length > 0,
    ).map(({ id }) => id);

  test('returns an effect only for the mail provider that the alert names', () => {
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
  ])('returns no effect for %s, which is not a message in a mailbox', (value) => {
    expect(homes({ value })).toEqual([]);
  });

  test('treats the mechanism as configured only in accounts that are connected to the mail provider', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:x';
    const joined = (integrations: object) =>
      BOTH.filter(({ configured }) => configured?.({ ...POLICY, integrations })).map(
        ({ id }) => id,
      );
    expect(joined({})).toEqual([]);
    expect(joined({ gmail: { secretArn } })).toEqual(['mail.gmail-message']);
    expect(joined({ microsoftGraph: { secretArn } })).toEqual(['mail.graph-message']);
  });

  test('returns the same effect key for every spelling of the mailbox', () => {
    const value = gmailEmail.value.replace('lee.chen', 'Lee.Chen');
    const [small, large] = [gmailEmail, { ...gmailEmail, value }].map((target) =>
      quarantineInGmail.effectKey(subjectOn(target)),
    );
    expect(small).toBe(large);
  });
});

describe('the manual undo command', () => {
  const hostile = `it's "$(say pwned)"; say pwned #`;

  test('returns a command that moves the message back to its original folder', () => {
    const folder = { id: 'AAMkAGinvoices=', name: hostile, parentId: 'AQMkAGinbox=' };
    const before = { messageId: 'AAkALgInvoice1', folder, inQuarantine: false };
    const undo = quarantineInGraph.manualUndo?.(subjectOn(exchangeEmail), before);
    expect(callsOf(undo ?? [], {}, 'az')[0]).toEqual([
      'rest',
      '--method',
      'post',
      '--url',
      'https://graph.microsoft.com/v1.0/users/finance%40example.com/messages/AAkALgInvoice1/move',
      '--headers',
      'Content-Type=application/json',
      '--body',
      '{"destinationId":"AAMkAGinvoices="}',
    ]);
  });

  test('returns a command that restores the labels of the message, even with hostile names', () => {
    const labels = [
      { id: 'INBOX', name: 'INBOX' },
      { id: 'Label_7', name: hostile },
      { id: 'SENT', name: 'SENT' },
    ];
    const before = { labels, inQuarantine: false };
    const undo = quarantineInGmail.manualUndo?.(subjectOn(gmailEmail), before);
    expect(callsOf(undo ?? [], {}, 'gam')[0]).toEqual([
      ...['user', 'lee.chen@example.org', 'modify', 'messages', 'ids', '18c2f0a1b2c3d4e5'],
      ...['addlabel', 'INBOX', 'addlabel', hostile, 'removelabel', 'Countermand Quarantine'],
    ]);
  });
});
