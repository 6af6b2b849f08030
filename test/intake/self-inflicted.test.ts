// Alerts that our own actions cause are recognised (P7).
import { beforeEach, describe, expect, test } from 'vitest';
import { ActionName, changesOf } from '../../functions/domain/action-catalog.ts';
import { causeOf as recognise } from '../../functions/intake/self-inflicted.ts';
import { alertWith, POLICY, suspectUser } from '../fixtures/case.ts';
import { startStores } from '../store/stores.ts';
import { type Intake, openIntake } from './intake-on-store.ts';

const db = startStores();
let intake: Intake;
beforeEach(async () => {
  intake = await openIntake(db);
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
/** The history entry that the executor writes when an action is in force. */
const recordOwnAction = (name: string, minutesAgo: number) =>
  intake.store.entityHistory.note(
    { kind: 'iam-user', value: 'agent' },
    {
      event: 'in-force',
      incidentId: 'inc-ffffffffffffffff',
      actionId: 'act-ffffffffffffffff-1',
      name,
      at: new Date(intake.deps.now().getTime() - minutesAgo * 60_000).toISOString(),
    },
  );
const causeOf = async (given: object) => {
  const accepted = await intake.one(given);
  return (await intake.store.records.alert(accepted.incidentId, accepted.alertId)).causedBy;
};

describe('an alert about missing data', () => {
  const gap = () => event('MonitoringGap:Agent/NoData', [user]);

  test('attributes missing data to our recent action that disabled the user', async () => {
    await recordOwnAction('disable_user_account_temporarily', 10);
    expect(await causeOf(gap())).toMatchObject({ actionId: 'act-ffffffffffffffff-1' });
  });

  test.each(ActionName.options)(
    'attributes missing data to %s only when this action cuts off access',
    async (name) => {
      await recordOwnAction(name, 10);
      const cause = await causeOf(gap());
      expect(cause !== null).toBe(changesOf(name)?.cutsOff ?? false);
    },
  );

  test('attributes missing data to no action when we only changed logging, acted long ago, or did nothing', async () => {
    expect(await causeOf(gap())).toBeNull();
    await recordOwnAction('increase_logging_verbosity', 10);
    expect(await causeOf(gap())).toBeNull();
    await recordOwnAction('revoke_api_key', POLICY.limits.selfInflictedMinutes + 1);
    expect(await causeOf(gap())).toBeNull();
  });
});

describe('an alert about something with the name of our target', () => {
  const instance = { kind: 'function', value: 'shop-resize-images', part: 'target' };
  const actedIn = (region: string) =>
    intake.store.entityHistory.note(
      { kind: 'function', value: 'shop-resize-images' },
      {
        event: 'in-force',
        incidentId: 'inc-ffffffffffffffff',
        actionId: 'act-ffffffffffffffff-1',
        name: 'disable_function_url',
        place: { account: POLICY.account, region },
        at: intake.deps.now().toISOString(),
      },
    );
  const gap = () => event('MonitoringGap:Agent/NoData', [instance]);

  test('is caused by our action in the same region, and not by one in another region', async () => {
    await actedIn('us-east-1');
    expect(await causeOf(gap())).toBeNull();
    await actedIn('eu-central-1');
    expect(await causeOf(gap())).toMatchObject({ actionId: 'act-ffffffffffffffff-1' });
  });
});

describe('an alert about a role with our prefix', () => {
  const by = (value: string) =>
    event('Policy:IAMUser/Unusual', [{ kind: 'iam-role', value, part: 'actor' }]);

  test.each(['countermand-execute-user', 'countermand-us-east-1-execute-user'])(
    'is caused by our own role %s, also in another region',
    async (role) => {
      expect(await causeOf(by(role))).not.toBeNull();
    },
  );

  test('is caused by us when GuardDuty reports a session of our stack in another region', async () => {
    const finding = (userName: string) => ({
      'detail-type': 'GuardDuty Finding',
      source: 'aws.guardduty',
      account: POLICY.account,
      region: 'us-east-1',
      time: '2026-11-24T03:00:00Z',
      detail: {
        id: `g-${userName}`,
        type: 'Persistence:IAMUser/AnomalousBehavior',
        severity: 5,
        accountId: POLICY.account,
        // CloudTrail records the calls of IAM in this region, wherever the caller runs.
        region: 'us-east-1',
        resource: {
          resourceType: 'AccessKey',
          accessKeyDetails: {
            accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
            principalId: `AROAEXAMPLE:${userName}`,
            userName,
            userType: 'AssumedRole',
          },
        },
        service: {
          action: {
            actionType: 'AWS_API_CALL',
            awsApiCallAction: { api: 'AttachUserPolicy', serviceName: 'iam.amazonaws.com' },
          },
        },
      },
    });
    expect(await causeOf(finding('countermand-eu-west-1-execute-user'))).not.toBeNull();
    expect(await causeOf(finding('deploy'))).toBeNull();
  });

  test('is not caused by us when the role is in another account', async () => {
    const roleIn = (account: string) =>
      recognise(
        intake.deps,
        alertWith({
          entities: [
            {
              ...suspectUser,
              kind: 'iam-role',
              value: 'countermand-execute-user',
              place: { account, region: 'eu-central-1' },
            },
          ],
        }),
      );
    expect(await roleIn(POLICY.account)).not.toBeNull();
    expect(await roleIn('999988887777')).toBeNull();
  });
});

test('does not attribute a continuing attack to our earlier action', async () => {
  await recordOwnAction('disable_user_account_temporarily', 10);
  expect(
    await causeOf(event('CredentialAbuse:User/Theft', [{ ...user, part: 'actor' }])),
  ).toBeNull();
});

describe('an alert about one of our roles', () => {
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
  ])('attributes an alert to us when one of our roles is the actor: %j', async (entity) => {
    expect(await causeOf(event('Policy:IAM/Changed', [entity]))).toMatchObject({ actionId: null });
  });

  test('does not attribute an alert to us when the name of a role only contains ours', async () => {
    expect(await causeOf(event('Policy:IAM/Changed', [role('not-countermand-at-all')]))).toBeNull();
  });

  test('counts an alert that one of our roles caused as a breaker event', async () => {
    await causeOf(event('Policy:IAM/Changed', [role('countermand-execute-user')]));
    const breaker = await intake.store.breaker.find(POLICY.account);
    expect(breaker?.counted.map(({ mishap }) => mishap)).toEqual(['cascades']);
  });
});
