// What an approver is told about users and keys, which targets each mechanism answers, and that its commands run as they stand.
import { describe, expect, test } from 'vitest';
import type { Parameters } from '../../functions/domain/action.ts';
import type { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { type IdentityFacts, known, unknown } from '../../functions/domain/facts.ts';
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import { disableKey } from '../../functions/mechanisms/api-key/api-key.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { denyUser } from '../../functions/mechanisms/user/deny-all.ts';
import { disableUser } from '../../functions/mechanisms/user-pool/cognito-user.ts';
import {
  alertWith,
  customer,
  factsAbout,
  factsWith,
  leakedKey,
  POLICY,
  partnerKey,
  subjectOn,
  suspectUser,
} from '../fixtures/case.ts';
import { callsOf } from '../shell.ts';

const answers = (name: ActionName, target: Entity) =>
  effectsOf(name, alertWith(), target, null, POLICY).map(({ mechanism, parameters }) => ({
    id: mechanism.id,
    parameters,
  }));
const revoked = (target: Entity) => answers('revoke_api_key', target);
const disabled = (target: Entity) => answers('disable_user_account_temporarily', target);
const nothing: Parameters[] = [];

describe('what can be answered', () => {
  test('is an IAM user, by a name that IAM could have', () => {
    expect(disabled(suspectUser)).toEqual([{ id: 'user.deny-all', parameters: {} }]);
    expect(disabled({ ...suspectUser, value: 'no body' })).toEqual(nothing);
    expect(disabled({ ...suspectUser, value: 'x'.repeat(65) })).toEqual(nothing);
  });

  test('is a long-lived key of an IAM user whom the alert names', () => {
    expect(revoked(leakedKey)).toEqual([
      { id: 'access-key.inactive', parameters: { userName: 'report-export' } },
    ]);
    const { userName: _left, ...attributes } = leakedKey.attributes;
    expect(revoked({ ...leakedKey, attributes }), 'whose it is is unknown').toEqual(nothing);
  });

  test('is no temporary key: it ends by itself', () => {
    expect(revoked({ ...leakedKey, value: 'ASIAIOSFODNN7EXAMPLE' })).toEqual(nothing);
  });

  test.each(['Root', 'AssumedRole', 'FederatedUser', 'AWSAccount'])(
    'is no key of a %s',
    (userType) => {
      const attributes = { ...leakedKey.attributes, userType };
      expect(revoked({ ...leakedKey, attributes })).toEqual(nothing);
    },
  );

  test('is a user of a pool that the alert names, in the region of the alert', () => {
    expect(disabled(customer)).toEqual([
      { id: 'user-pool.disable-user', parameters: { userPoolId: 'eu-central-1_EXAMPLE12' } },
    ]);
    expect(disabled({ ...customer, attributes: {} }), 'the pool is unknown').toEqual(nothing);
    for (const userPoolId of ['us-east-1_EXAMPLE12', 'eu-central-1', '../x_1'])
      expect(disabled({ ...customer, attributes: { userPoolId } }), userPoolId).toEqual(nothing);
  });

  test('is an API key by its id, and never by its value, which is a secret', () => {
    expect(revoked(partnerKey)).toEqual([{ id: 'api-key.disabled', parameters: {} }]);
    const secret = 'wJalrXUtnFEMIexampleKEYbPxRfiCY';
    expect(revoked({ ...partnerKey, value: secret })).toEqual(nothing);
  });
});

const told = {
  user: denyUser.describe(subjectOn(suspectUser), factsWith(factsAbout('user-1'))),
  key: deactivateKey.describe(
    subjectOn(leakedKey, { parameters: { userName: 'report-export' } }),
    null,
  ),
  customer: disableUser.describe(
    subjectOn(customer, { parameters: { userPoolId: 'eu-central-1_EXAMPLE12' } }),
    null,
  ),
  apiKey: disableKey.describe(subjectOn(partnerKey), null),
};

describe('the approver reads', () => {
  test('that a denied user loses console and API with every long-lived key, and what goes on', () => {
    expect(told.user.headline).toBe('Deny everything to the IAM user report-export');
    expect(told.user.changes.join()).toMatch(/deny-all.*Deny \* on \*.*console.*API.*long-lived/);
    expect(told.user.affected.join()).toContain('Sessions of roles that the user took on before');
    expect(
      told.user.affected.join(),
      'a history without entries is not worth a line',
    ).not.toContain('Earlier incidents');
    expect(told.user.undo).toContain('detached after 1 h unless somebody keeps it');
  });

  test('whose key stops, what of that user goes on, and that rotating it is still to do', () => {
    expect(told.key.headline).toContain('AKIAIOSFODNN7EXAMPLE of report-export');
    expect(told.key.affected.join()).toContain('other key and console password go on');
    expect(told.key.undo).toContain('still has to be rotated');
  });

  test('that a sign-out cannot be undone, and that tokens outlive it', () => {
    expect(told.customer.changes.join()).toContain('disabled and signed out everywhere');
    expect(told.customer.affected.join()).toContain('tokens that were issued before');
    expect(told.customer.undo).toContain('The sign-out cannot be undone');
  });

  test('that methods without a key stay open', () => {
    expect(told.apiKey.affected.join()).toContain('Methods that require no key stay as open');
  });

  test('what IAM says of the user and the key', () => {
    const identity: IdentityFacts = {
      serviceAccount: known(false),
      tags: known({}),
      groups: known(['reporting', 'billing']),
      consoleAccess: known(false),
      mfa: unknown('IAM did not answer'),
      lastUsed: known({ service: 's3', region: 'eu-central-1', at: '2026-11-24T02:58:00.000Z' }),
      status: known('Active'),
      createdAt: known('2024-01-01T00:00:00.000Z'),
    };
    const said = (change: Partial<IdentityFacts> = {}) =>
      deactivateKey.describe(
        subjectOn(leakedKey, { parameters: { userName: 'report-export' } }),
        factsWith(factsAbout('key-1', { identity: { ...identity, ...change } })),
      ).affected;
    expect(said()).toEqual(
      expect.arrayContaining([
        'Last used for s3 in eu-central-1 at 02:58 UTC on 24 Nov',
        'The user has no console password',
        'The user is in reporting, billing',
        'It is not marked as a service account; that is checked again when it is applied',
      ]),
    );
    expect(said({ lastUsed: known(null) })).toContain('IAM knows of no use');
    expect(said({ lastUsed: unknown('IAM did not answer') })).toContain(
      'When it was last used is unknown: IAM did not answer',
    );
  });

  test.each(Object.entries(told))('of %s: that what is not known is not known', (_what, one) => {
    expect(one.affected.join()).toContain('is unknown');
  });
});

describe('the commands of the undo, run by a shell', () => {
  test('detach what the stack attached, whatever its prefix', () => {
    const arn = 'arn:aws:iam::111122223333:policy/countermand/x-deny-all';
    const [list, detach] = callsOf(told.user.manualUndo, { 'list-attached-user-policies': arn });
    expect(list).toEqual(expect.arrayContaining(['--path-prefix', '/countermand/']));
    expect(detach?.slice(1)).toEqual([
      ...['detach-user-policy', '--user-name', 'report-export', '--policy-arn', arn],
    ]);
  });

  test('make the key active again', () => {
    expect(callsOf(told.key.manualUndo)).toEqual([
      [
        ...['iam', 'update-access-key', '--user-name', 'report-export'],
        ...['--access-key-id', 'AKIAIOSFODNN7EXAMPLE', '--status', 'Active'],
      ],
    ]);
  });

  test('enable the API key again', () => {
    expect(callsOf(told.apiKey.manualUndo)[0]).toEqual(
      expect.arrayContaining(['k4partner9', 'op=replace,path=/enabled,value=true']),
    );
  });

  test.each(['customer-4711', "o'brien", '$(touch owned)', '`touch owned`', '"; touch owned; "'])(
    'enable the user %s again, and nothing else',
    (value) => {
      const target = { ...customer, value };
      const subject = subjectOn(target, { parameters: { userPoolId: 'eu-central-1_EXAMPLE12' } });
      expect(callsOf(disableUser.describe(subject, null).manualUndo)).toEqual([
        [
          ...['cognito-idp', 'admin-enable-user', '--region', 'eu-central-1'],
          ...['--user-pool-id', 'eu-central-1_EXAMPLE12', '--username', value],
        ],
      ]);
    },
  );
});
