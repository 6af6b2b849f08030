// The texts about a closed alert, a hand-off and the state of an action.
import { describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { unknown } from '../../functions/domain/facts.ts';
import { causedText, closedText } from '../../functions/messaging/texts/incident.ts';
import { handOffText } from '../../functions/messaging/texts/manual.ts';
import { statusLine } from '../../functions/messaging/texts/phrases.ts';
import { unknownsOf } from '../../functions/messaging/texts/unknown.ts';
import { toyAction } from '../execute/toy.ts';
import {
  ALERT_ID,
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  incidentWith,
  leakedKey,
  theInstance,
} from '../fixtures/case.ts';

const incident = (title: string) => ({
  ...incidentWith(alertWith({ title })),
  summary: 'Watch it: in force',
});

describe('the report about the end of an alert', () => {
  test('the report of a closed alert names the outcome in the subject, then the actions, then the alert type', () => {
    const { subject, paragraphs, facts } = closedText(incident('Probed'), ALERT_ID, 'handed-off');
    expect(subject).toBe('Handed off: “Probed”');
    expect(paragraphs).toEqual(['“Probed”, severity medium.', 'Watch it: in force']);
    expect(facts).toEqual([
      { label: 'Alert type', value: '“Recon:EC2/PortProbeUnprotectedPort”' },
      { label: 'Incident', value: incidentWith().incidentId },
    ]);
  });

  test('the report of a closed alert quotes its title on one line without a clickable link', () => {
    const { paragraphs } = closedText(
      incident('x\nApproved. See https://evil.example'),
      ALERT_ID,
      'acted',
    );
    expect(paragraphs[0]).toBe('“x Approved. See https[:]//evil.example”, severity medium.');
  });

  test('does not claim that no action was needed when all were dropped', () => {
    expect(closedText(incident('Probed'), ALERT_ID, 'no-action').subject).toBe(
      'No action taken: “Probed”',
    );
  });
});

describe('the report about an alert that an action caused', () => {
  const cause = { incidentId: 'inc-1', actionId: 'act-1', why: 'It denied the user' };
  const undo = ['aws iam detach-user-policy'];
  const reportOn = (change: Partial<Action>) => {
    const description = { headline: 'Deny ana', changes: [], affected: [], undo: '' };
    const action = toyAction({ description: { ...description, manualUndo: undo }, ...change });
    return causedText(incident('Denied'), cause, action);
  };

  test('the report about a self-inflicted alert asks to undo an action in force, with the commands', () => {
    const { subject, paragraphs, steps } = reportOn({ status: 'in-force' });
    expect(subject).toBe('Consider undoing: Denied ana');
    expect(paragraphs.at(-1)).toBe('State of the action: in force.');
    expect(steps).toMatchObject([
      { lines: [expect.stringContaining('must print 111122223333'), ...undo] },
    ]);
  });

  test.each(['reversed', 'expired', 'awaiting-approval'] as const)(
    'does not ask to undo an action that is %s',
    (status) => {
      const { subject, paragraphs, steps } = reportOn({ status });
      const order = status === 'reversed' ? 'Denied ana' : 'Deny ana';
      expect(subject).toBe(`Check whether this was right: ${order}`);
      expect(paragraphs.join(' ')).toContain('There is nothing left to undo.');
      expect(steps).toEqual([]);
    },
  );
});

describe('the message that hands an action off', () => {
  const why = (...reasons: Action['reasons']) =>
    handOffText({ ...toyAction(), reasons }, undefined, null, []).paragraphs[0]?.split('\n')[1];
  const tier = (number: number, text: string) => ({ code: `tier-${number}`, text });
  const other = { code: 'unsupported-target', text: 'The alert names no address' };

  test('a hand-off does not say that the tier allows the action', () => {
    expect(why(tier(1, 'Tier 1: may run automatically'), other)).toBe(
      'The alert names no address.',
    );
  });

  test('a hand-off gives the tier as the reason when the tier causes it', () => {
    const manual = tier(3, 'Tier 3: never runs here');
    expect(why(manual, other)).toBe('Tier 3: never runs here. The alert names no address.');
  });

  test('names the account and region of the target, and the account to sign in to for each section', () => {
    const place = { account: '444455556666', region: 'us-east-1' };
    const { facts, steps } = handOffText(
      toyAction({ name: 'revoke_api_key', target: { ...leakedKey, place }, ...place }),
      undefined,
      null,
      [],
    );
    expect(facts[0]?.value).toContain('in account 444455556666, region us-east-1');
    expect(steps[0]?.title).toContain('signed in to account 444455556666');
    expect(steps).toHaveLength(3);
    for (const { lines } of steps) expect(lines[0]).toContain('must print 444455556666');
  });
});

describe('a line about an action', () => {
  const action = toyAction();
  test('the line of an action in force shows when it ends', () => {
    expect(
      statusLine({ ...action, status: 'in-force', dueAt: '2026-11-24T04:00:00.000Z' }),
    ).toMatch(/: in force until 04:00 UTC on 24 Nov 2026$/);
  });

  test('the line of an action shows any other state in words', () => {
    expect(statusLine({ ...action, status: 'reversal-failed' })).toMatch(/: undo failed$/);
  });

  test('the line of a ticket or a notification says done, because nothing of it is kept', () => {
    const name = 'send_analyst_notification';
    expect(statusLine({ ...action, name, status: 'kept' })).toMatch(/: done$/);
    expect(statusLine({ ...action, status: 'kept' })).toMatch(/: kept$/);
  });
});

test('names each look-up about the target that failed', () => {
  const action = toyAction();
  const failed = unknown('no answer');
  const lookups = { activity: failed, changes: failed, configChanges: failed, flows: failed };
  const names = { scanner: failed, reverseDns: failed };
  const facts = factsWith(factsAbout(action.target?.ref ?? '', { ...lookups, ...names }));
  expect(unknownsOf([action], facts, undefined).map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      'its activity in CloudTrail',
      'its recent changes in CloudTrail',
      'its recent changes in AWS Config',
      'its traffic in flow logs',
      'whether policy declares a scanner there',
      'its name in DNS',
    ]),
  );
});

test('names the look-ups that failed about the attacked hosts after those about the attacker who is the target', () => {
  const action = toyAction();
  const failed = unknown('no answer');
  const target = action.target?.ref ?? '';
  const host = (ref: string, flows = failed) => factsAbout(ref, { address: null, flows });
  const alert = alertWith({
    entities: [
      attacker,
      { ...theInstance, ref: 'instance-1', value: 'i-0aa' },
      { ...theInstance, ref: 'instance-2', value: 'i-0bb' },
      { ...theInstance, ref: 'instance-3', value: 'i-0cc' },
      { ...attacker, ref: 'ip-2', value: '10.0.0.1', part: 'related' },
    ],
  });
  const facts = factsWith(
    factsAbout('ip-2', { reverseDns: failed }),
    host('instance-1'),
    host('instance-2'),
    host('instance-3', unknown('too late')),
    factsAbout(target, { activity: failed, scanner: failed }),
  );
  const shown = unknownsOf([action], facts, alert).map(
    ({ what, of, why }) => `${what} (${of}): ${why}`,
  );
  expect(shown.slice(-4)).toEqual([
    'its activity in CloudTrail (undefined): no answer',
    'whether policy declares a scanner there (undefined): no answer',
    'traffic in flow logs (i-0aa, i-0bb): no answer',
    'traffic in flow logs (i-0cc): too late',
  ]);
});

test.each(['NoSuchEntityException', 'InvalidInstanceID.NotFound'])(
  'an unknown fact says why without the name of an error class: %s',
  (name) => {
    const why = `The role x could not be read: ${name}: The role with name x cannot be found.`;
    const action = toyAction();
    const protectedBy = unknown(why);
    const facts = factsWith(factsAbout(action.target?.ref ?? '', { protectedBy }));
    expect(unknownsOf([action], facts, undefined)).toContainEqual({
      what: 'whether policy protects it',
      why: 'The role x could not be read: The role with name x cannot be found',
      isAboutTarget: true,
    });
  },
);
