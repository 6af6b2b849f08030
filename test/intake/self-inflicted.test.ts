// P7: alerts that our own actions cause are recognised and attached to the incident that caused them.
import { beforeEach, describe, expect, test } from 'vitest';
import { ActionName, changesOf } from '../../functions/domain/action-catalog.ts';
import { POLICY } from '../fixtures/case.ts';
import { startStores } from '../store/dynamo.ts';
import { type Desk, openDesk } from './desk.ts';

const db = startStores();
let desk: Desk;
beforeEach(async () => {
  desk = await openDesk(db);
});

const user = { kind: 'iam-user', value: 'agent', part: 'related' };
let number = 0;
const event = (type: string, entities: object[]) => ({
  'detail-type': 'Countermand Alert',
  source: 'example.monitoring',
  account: POLICY.account,
  region: 'eu-central-1',
  time: '2026-11-24T03:00:00Z',
  detail: {
    id: `n-${++number}`,
    type,
    title: type,
    severity: 'low',
    seenAt: '2026-11-24T03:00:00Z',
    entities,
  },
});
/** What execution notes when an action is in force. */
const weDid = (name: string, minutesAgo: number) =>
  desk.store.entityHistory.note(
    { kind: 'iam-user', value: 'agent' },
    {
      event: 'in-force',
      incidentId: 'inc-ffffffffffffffff',
      actionId: 'act-ffffffffffffffff-1',
      name,
      at: new Date(desk.deps.now().getTime() - minutesAgo * 60_000).toISOString(),
    },
  );
const causeOf = async (given: object) => {
  const accepted = await desk.one(given);
  return (await desk.store.records.alert(accepted.incidentId, accepted.alertId)).causedBy;
};

describe('an alert of an absence', () => {
  const gap = () => event('MonitoringGap:Agent/NoData', [user]);

  test('is ours when we took the credential away lately', async () => {
    await weDid('disable_user_account_temporarily', 10);
    expect(await causeOf(gap())).toMatchObject({ actionId: 'act-ffffffffffffffff-1' });
  });

  test.each(ActionName.options)(
    'after %s is ours exactly when that action cuts off',
    async (name) => {
      await weDid(name, 10);
      const cause = await causeOf(gap());
      expect(cause !== null).toBe(changesOf(name)?.cutsOff ?? false);
    },
  );

  test('is not ours when we only watched, or when it is long ago, or when we did nothing', async () => {
    expect(await causeOf(gap())).toBeNull();
    await weDid('increase_logging_verbosity', 10);
    expect(await causeOf(gap())).toBeNull();
    await weDid('revoke_api_key', POLICY.limits.selfInflictedMinutes + 1);
    expect(await causeOf(gap())).toBeNull();
  });
});

test('an attack that goes on after our action is not our doing', async () => {
  await weDid('disable_user_account_temporarily', 10);
  expect(
    await causeOf(event('CredentialAbuse:User/Theft', [{ ...user, part: 'actor' }])),
  ).toBeNull();
});

describe('what one of our roles did', () => {
  const role = (value: string, attributes = {}) => ({
    kind: 'iam-role',
    value,
    part: 'actor',
    attributes,
  });

  test.each([
    role('countermand-execute-user'),
    role('x', { arn: 'arn:aws:sts::111122223333:assumed-role/countermand-execute-user/session' }),
    role('x', { principalId: 'AROAEXAMPLE:countermand-reverse-user' }),
  ])('is ours in any case: %j', async (entity) => {
    expect(await causeOf(event('Policy:IAM/Changed', [entity]))).toMatchObject({ actionId: null });
  });

  test('is not what somebody else did whose name only holds ours', async () => {
    expect(await causeOf(event('Policy:IAM/Changed', [role('not-countermand-at-all')]))).toBeNull();
  });

  test('is counted by the breaker', async () => {
    await causeOf(event('Policy:IAM/Changed', [role('countermand-execute-user')]));
    const breaker = await desk.store.breaker.find(POLICY.account);
    expect(breaker?.counted.map(({ mishap }) => mishap)).toEqual(['cascades']);
  });
});
