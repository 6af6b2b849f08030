// User and key mechanisms: targets, texts for approvers and undo commands.
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

describe('targets', () => {
  test('accepts an IAM user with a name that IAM allows', () => {
    expect(disabled(suspectUser)).toEqual([{ id: 'user.deny-all', parameters: {} }]);
    expect(disabled({ ...suspectUser, value: 'no body' })).toEqual(nothing);
    expect(disabled({ ...suspectUser, value: 'x'.repeat(65) })).toEqual(nothing);
  });

  test('accepts a long-lived key of an IAM user that the alert names', () => {
    expect(revoked(leakedKey)).toEqual([
      { id: 'access-key.inactive', parameters: { userName: 'report-export' } },
    ]);
    const { userName: _left, ...attributes } = leakedKey.attributes;
    expect(revoked({ ...leakedKey, attributes }), 'the user is unknown').toEqual(nothing);
  });

  test('does not accept a temporary key, which expires without our help', () => {
    expect(revoked({ ...leakedKey, value: 'ASIAIOSFODNN7EXAMPLE' })).toEqual(nothing);
  });

  test.each(['Root', 'AssumedRole', 'FederatedUser', 'AWSAccount'])(
    'does not accept a key of a %s',
    (userType) => {
      const attributes = { ...leakedKey.attributes, userType };
      expect(revoked({ ...leakedKey, attributes })).toEqual(nothing);
    },
  );

  test('accepts a user of a user pool that the alert names, in the region of the alert', () => {
    expect(disabled(customer)).toEqual([
      { id: 'user-pool.disable-user', parameters: { userPoolId: 'eu-central-1_EXAMPLE12' } },
    ]);
    expect(disabled({ ...customer, attributes: {} }), 'the pool is unknown').toEqual(nothing);
    for (const userPoolId of ['us-east-1_EXAMPLE12', 'eu-central-1', '../x_1'])
      expect(disabled({ ...customer, attributes: { userPoolId } }), userPoolId).toEqual(nothing);
  });

  test('accepts an API key by its ID, and never by its value, which is a secret', () => {
    expect(revoked(partnerKey)).toEqual([{ id: 'api-key.disabled', parameters: {} }]);
    const secret = 'wJalrXUtnFEMIexampleKEYbPxRfiCY';
    expect(revoked({ ...partnerKey, value: secret })).toEqual(nothing);
  });
});

const descriptions = {
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

describe('texts for the approver', () => {
  test('says what a denied user can no longer use, and what continues to work', () => {
    expect(descriptions.user.headline).toBe('Deny all access for the IAM user report-export');
    expect(descriptions.user.changes.join()).toMatch(
      /deny-all.*Deny \* on \*.*IAM user report-export/,
    );
    expect(descriptions.user.affected.join()).toMatch(
      /console sign-in, every access key.*Not affected until they expire.*sessions of roles/,
    );
    expect(descriptions.user.affected.join(), 'no line about an empty history').not.toContain(
      'Earlier incidents',
    );
    expect(descriptions.user.undo).toContain('after 1 h, unless someone keeps it');
  });

  test('says whose key stops, what of this user continues to work, and that the key must still be rotated', () => {
    expect(descriptions.key.headline).toContain('AKIAIOSFODNN7EXAMPLE of report-export');
    expect(descriptions.key.affected.join()).toContain(
      "Not affected: report-export's other access key, the console password",
    );
    expect(descriptions.key.undo).toContain('must still be rotated');
  });

  test('says that a sign-out cannot be undone, and that issued tokens continue to work', () => {
    expect(descriptions.customer.changes.join()).toContain('sign the user out everywhere');
    expect(descriptions.customer.affected.join()).toContain('ID and access tokens already issued');
    expect(descriptions.customer.undo).toContain('The sign-out cannot be undone');
  });

  test('says that methods without an API key stay open', () => {
    expect(descriptions.apiKey.affected.join()).toContain(
      'Not affected: methods that require no key',
    );
  });

  test('says what IAM knows about the user and the key', () => {
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
        'Last used for s3 in eu-central-1 at 02:58 UTC on 24 Nov 2026',
        'The user has no console password',
        'Groups of the user: reporting, billing',
        'Not marked as a service account; this is checked again before the change',
      ]),
    );
    expect(said()[1]).toMatch(/^Not affected: report-export's other access key, and sessions/);
    expect(said({ activeKeys: known(1) })[1]).toMatch(/^Not affected: sessions/);
    expect(said({ activeKeys: known(1), status: known('Inactive') })[1]).toContain(
      'other access key',
    );
    expect(said({ consoleAccess: known(true) })[1]).toContain('the console password');
    const denied = (consoleAccess: boolean) =>
      denyUser.describe(
        subjectOn(suspectUser),
        factsWith(
          factsAbout('user-1', { identity: { ...identity, consoleAccess: known(consoleAccess) } }),
        ),
      ).affected[0];
    expect(denied(false)).toMatch(/^Every access key of the user, and the programs/);
    expect(denied(true)).toMatch(/^The user’s console sign-in, every access key/);
    expect(said({ lastUsed: known(null) })).toContain(
      'IAM has recorded no use yet; its records can be hours behind',
    );
    expect(said({ lastUsed: unknown('IAM did not answer') })).toContain(
      'Unknown: its last use (IAM did not answer)',
    );
    const refused = unknown('AccessDenied');
    expect(
      said({ lastUsed: refused, groups: refused }).filter((line) => line.includes('Denied')),
    ).toEqual(['Unknown: its last use, the user’s groups (AccessDenied)']);
  });

  test.each(Object.entries(descriptions))('says which facts about %s are unknown', (_what, one) => {
    expect(one.affected.join()).toContain('Unknown: ');
  });
});

describe('undo commands, run by a shell', () => {
  test.each(['customer-4711', "o'brien", '$(touch owned)', '`touch owned`', '"; touch owned; "'])(
    'enables the user %s again, and runs nothing else',
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
