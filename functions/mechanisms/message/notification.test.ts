// The notification to on-call analysts: recipients and withdrawal.
import { expect, test } from 'vitest';
import { createInbox, type Delivered } from '../../../local/aws/inbox.ts';
import { rowsOf } from '../../../local/aws/rows.ts';
import { NOW, subjectOn, theAlertItself } from '../../../test/fixtures/case.ts';
import { writeTicket } from '../../../test/mechanisms/ticket/ticket-providers.ts';
import { NotFound, Unavailable } from '../../domain/errors.ts';
import { Message, type Send } from '../../messaging/message.ts';
import { notifyAnalyst } from './notification.ts';

const subject = subjectOn(theAlertItself, { durationMinutes: null });
const before = { looked: true } as const;
const onCall = ['ada', 'bob'].map((id) => ({ id, name: id, email: `${id}@example.com` }));

test('notifies each on-call analyst and the team once, and once more on withdrawal', async () => {
  const file = rowsOf<Delivered>();
  const driver = notifyAnalyst.connect({ send: createInbox(file, () => NOW), onCall, writeTicket });
  await driver.apply(subject, before);
  await driver.apply(subject, before);
  await driver.revert(subject, before);
  await driver.revert(subject, before);
  const messages = file.all().map(({ message }) => Message.parse(message));
  expect(messages.map(({ to, subject: line }) => [to.kind === 'person' && to.id, line])).toEqual([
    ['ada', 'High: an alert'],
    ['bob', 'High: an alert'],
    [false, 'High: an alert'],
    ['ada', 'Withdrawn: High: an alert'],
    ['bob', 'Withdrawn: High: an alert'],
    [false, 'Withdrawn: High: an alert'],
  ]);
});

const failingFor =
  (...ids: string[]): Send =>
  async ({ to }) => {
    if (to.kind === 'person' && ids.includes(to.id)) throw new Unavailable('refused');
    return { notBy: [] };
  };

test('succeeds when one analyst cannot be reached', async () => {
  await notifyAnalyst
    .connect({ send: failingFor('ada'), onCall, writeTicket })
    .apply(subject, before);
});

test('throws Unavailable when no analyst was reached and NotFound when none is on call', async () => {
  const unreachable = notifyAnalyst.connect({
    send: failingFor('ada', 'bob'),
    onCall,
    writeTicket,
  });
  await expect(unreachable.apply(subject, before)).rejects.toBeInstanceOf(Unavailable);
  const unstaffed = notifyAnalyst.connect({ send: failingFor(), onCall: [], writeTicket });
  await expect(unstaffed.apply(subject, before)).rejects.toBeInstanceOf(NotFound);
});
