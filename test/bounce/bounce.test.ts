// Undelivered email: asks the next step and notifies the team.
import { beforeEach, describe, expect, test } from 'vitest';
import { bounce } from '../../functions/bounce/bounce.ts';
import type { BounceDeps } from '../../functions/bounce/deps.ts';
import { InvalidInput, Unavailable } from '../../functions/domain/errors.ts';
import { asText } from '../../functions/messaging/channels/channel.ts';
import { Message } from '../../functions/messaging/message.ts';
import type { Store } from '../../functions/store/store.ts';
import { INCIDENT_ID, POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { ana, minute } from '../web/approval-pages.ts';
import { mailEvent } from './mail-event.ts';

const db = startStores();
let store: Store;
let asked: object[];
let sent: Message[];
let isDown: boolean;
beforeEach(async () => {
  store = await db.fresh();
  [asked, sent, isDown] = [[], [], false];
});

const ACTION = { incidentId: INCIDENT_ID, actionId: 'act-0123456789abcdef-1' };
const toAna = { to: { kind: 'person' as const, ...ana } };
const request = { ...toAna, ...ACTION };
const notification = { ...toAna, incidentId: 'none', actionId: null };
const deps = (minutes = 0): BounceDeps => ({
  store,
  policy: POLICY,
  askNext: async (input) => void asked.push(input),
  send: async (message) => {
    if (isDown) throw new Unavailable('the topic is down');
    sent.push(Message.parse(message));
    return { notBy: [] };
  },
  now: () => minute(minutes),
  log: () => {},
});

describe('an email that did not arrive', () => {
  test.each([
    ['Bounce', 'Permanent', 'bounced', 1],
    ['Bounce', 'Transient', 'bounced', 0],
    ['Bounce', 'Undetermined', 'bounced', 0],
    ['Complaint', undefined, 'marked-as-spam', 1],
    ['Reject', undefined, 'refused', 1],
    ['DeliveryDelay', undefined, 'delayed', 0],
  ] as const)(
    'is reported to approve after %s (%s), and to the team if later emails will fail, too',
    async (eventType, bounceType, why, notices) => {
      await bounce(deps(), mailEvent(request, { eventType, ...(bounceType && { bounceType }) }));
      expect(asked).toEqual([{ ...ACTION, bounced: ana.id, why }]);
      expect(sent).toHaveLength(notices);
    },
  );

  test('reports each open action that a digest listed', async () => {
    const other = { ...ACTION, actionId: 'act-fedcba9876543210-2' };
    await bounce(deps(), mailEvent({ ...notification, lists: [ACTION, other] }));
    const reported = { bounced: ana.id, why: 'bounced', digest: true };
    expect(asked).toEqual([ACTION, other].map((one) => ({ ...one, ...reported })));
  });

  test('notifies the team which address to correct, without a page', async () => {
    await bounce(deps(), mailEvent(notification));
    expect(asked).toEqual([]);
    expect(sent[0]).toMatchObject({ to: { kind: 'team' }, urgency: 'inform', links: [] });
    expect(sent[0]?.subject).toBe('Email to Ana Silva does not arrive: correct the address');
    const text = asText(sent[0]!);
    expect(text).toContain('the mail server rejected the email');
    expect(text).toContain('Address: ana.silva@example.com');
    expect(text).toContain('delete-suppressed-destination --email-address ana.silva@example.com');
  });

  test('notifies the team once a day for each person, however many emails bounce', async () => {
    for (let n = 0; n < 5; n++)
      await bounce(deps(n), mailEvent(notification, { messageId: `email-${n}` }));
    expect(sent).toHaveLength(1);
    await bounce(deps(24 * 60 + 1), mailEvent(notification, { messageId: 'email-9' }));
    expect(sent).toHaveLength(2);
  });

  test('tries again to notify the team when the event is repeated after a failure', async () => {
    isDown = true;
    await expect(bounce(deps(), mailEvent(notification))).rejects.toThrow(Unavailable);
    isDown = false;
    await bounce(deps(1), mailEvent(notification));
    expect(sent).toHaveLength(1);
  });

  test('does not report an address that policy no longer has', async () => {
    const old = { ...notification, to: { ...toAna.to, email: 'old@example.com' } };
    await bounce(deps(), mailEvent(old));
    expect(sent).toEqual([]);
  });
});

describe('a forged event', () => {
  test.each([
    ['another account', { account: '999999999999' }, InvalidInput],
    ['another source', { source: 'my.app' }, Error],
    ['no detail', { detail: {} }, Error],
  ])('is refused when it is from %s', async (_what, change, kind) => {
    await expect(bounce(deps(), { ...mailEvent(request), ...change })).rejects.toThrow(kind);
    expect([asked, sent]).toEqual([[], []]);
  });

  test.each([
    ['a person outside policy', { person: ['eve'] }],
    ['no person', { person: [] }],
    ['a name of the prototype', { person: ['constructor'] }],
  ])('asks no one when its tags name %s', async (_what, tags) => {
    const event = mailEvent(request);
    Object.assign(event.detail.mail.tags, tags);
    await bounce(deps(), event);
    expect([asked, sent]).toEqual([[], []]);
  });

  test('asks no one when its tags name no valid action', async () => {
    const event = mailEvent(request);
    Object.assign(event.detail.mail.tags, { action: ['act-1; drop'] });
    await bounce(deps(), event);
    expect(asked).toEqual([]);
  });
});
