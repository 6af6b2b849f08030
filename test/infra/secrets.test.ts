// Which function may use which key, and read which secret or log.
import { describe, expect, test } from 'vitest';
import { SCOPES } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import type { Channels } from '../../functions/policy/schemas/channels.ts';
import { writesOf } from '../../functions/store/writers.ts';
import { SIGNERS } from '../../infra/mac-keys.ts';
import {
  functionsOf,
  POLICY,
  PREFIX,
  resourcesOf,
  statementsIn,
  templateWith,
  text,
} from '../../tools/generate/template.ts';
import { functions, holdersOf, keyOf, SIGN_IN, whoMay } from './roles.ts';

const READ = 'secretsmanager:GetSecretValue';

test.each([
  ['links-1', SIGNERS.links, 'kms:GenerateMac'],
  ['votes-1', SIGNERS.votes, 'kms:GenerateMac'],
  ['digests-1', SIGNERS.digests, 'kms:Sign'],
])(
  'the policy of the key %s denies signing to all but those that need it',
  (alias, signers, sign) => {
    const whole = templateWith({ policy: { signIn: SIGN_IN } });
    const key = keyOf(alias, whole);
    expect(whoMay(sign, key, functionsOf(whole))).toEqual(signers);
    const [id = ''] = /\w+/.exec(key) ?? [];
    const statements = statementsIn(resourcesOf(whole, 'AWS::KMS::Key')[id]!.Properties.KeyPolicy);
    const [deny, ...others] = statements.filter(({ effect }) => effect === 'Deny');
    expect(others).toEqual([]);
    expect(deny?.actions).toEqual([sign]);
    const { ArnNotEquals } = deny!.condition as { ArnNotEquals: Record<string, object[]> };
    expect([ArnNotEquals['aws:PrincipalArn']].flat().map((arn) => text(arn))).toEqual(
      signers.map((name) => expect.stringMatching(`:iam::123456789012:role/.*${name}$`)),
    );
  },
);

test('functions that send links cannot verify them, and only the pages can', () => {
  expect(whoMay('kms:GenerateMac', keyOf('links-1'))).toEqual([
    'approve',
    'close',
    'notify',
    'remind',
  ]);
  expect(whoMay('kms:VerifyMac', keyOf('links-1'))).toEqual(['web']);
  expect(whoMay('kms:Decrypt')).toEqual([]);
});

describe('the keys of proofs (P2)', () => {
  const executors = SCOPES.map((scope) => `execute-${scope}`).sort();
  const reversers = SCOPES.map((scope) => `reverse-${scope}`).sort();
  const sorted = (...names: string[]) => names.sort();

  test('only the pages sign votes and orders', () => {
    expect(whoMay('kms:GenerateMac', keyOf('votes-1'))).toEqual(['web']);
    expect(whoMay('kms:VerifyMac', keyOf('votes-1'))).toEqual(
      sorted('archive', 'gate', 'web', 'world', ...executors, ...reversers),
    );
  });

  test('only the gate signs rulings', () => {
    expect(whoMay('kms:GenerateMac', keyOf('rulings-1'))).toEqual(['gate']);
    expect(whoMay('kms:VerifyMac', keyOf('rulings-1'))).toEqual(
      sorted('archive', 'gate', 'web', ...executors),
    );
  });

  test('only executors sign evidence', () => {
    expect(whoMay('kms:GenerateMac', keyOf('evidence-1'))).toEqual(executors);
    expect(whoMay('kms:VerifyMac', keyOf('evidence-1'))).toEqual(
      sorted('archive', 'gate', 'web', 'world', ...executors, ...reversers),
    );
  });

  test('only intake signs alerts, and only the gate verifies them', () => {
    expect(whoMay('kms:GenerateMac', keyOf('alerts-1'))).toEqual(['intake']);
    expect(whoMay('kms:VerifyMac', keyOf('alerts-1'))).toEqual(['archive', 'gate']);
  });

  test('only functions that send pages count them', () => {
    const senders = [...functions.keys()]
      .filter((name) => writesOf(name, { recordLayout: 2, layout1Ended: false }).includes('pager'))
      .sort();
    expect(senders).toEqual(expect.arrayContaining(['approve', 'execute-message', 'notify']));
    for (const operation of ['kms:GenerateMac', 'kms:VerifyMac'])
      expect(whoMay(operation, keyOf('pages-1'))).toEqual(senders);
  });

  test('a rotation keeps the previous keys for verification only', () => {
    const rotated = templateWith({ settings: { proofKeyGeneration: 3 } });
    const after = functionsOf(rotated);
    const signers = { votes: ['web'], rulings: ['gate'], evidence: executors };
    for (const [name, expected] of Object.entries(signers)) {
      const [current, previous] = [keyOf(`${name}-3`, rotated), keyOf(`${name}-2`, rotated)];
      expect(whoMay('kms:GenerateMac', current, after)).toEqual(expected);
      expect(whoMay('kms:GenerateMac', previous, after)).toEqual([]);
      expect(whoMay('kms:VerifyMac', previous, after)).toEqual(
        whoMay('kms:VerifyMac', current, after),
      );
    }
  });
});

describe('rotation of the link key', () => {
  const rotated = templateWith({ settings: { linkKeyGeneration: 3 } });
  const after = functionsOf(rotated);
  const current = keyOf('links-3', rotated);
  const previous = keyOf('links-2', rotated);
  const asking = ['approve', 'close', 'notify', 'remind'];

  test('signs links only with the new key, and can still verify those of the previous key', () => {
    expect(whoMay('kms:GenerateMac', current, after)).toEqual(asking);
    expect(whoMay('kms:GenerateMac', previous, after)).toEqual([]);
    for (const key of [current, previous])
      expect(whoMay('kms:VerifyMac', key, after)).toEqual(['web']);
  });

  test('deletes the key before the previous one, after a waiting period of 30 days', () => {
    const keys = Object.values(resourcesOf(rotated, 'AWS::KMS::Key'));
    // Two keys of links, and those of votes, rulings, evidence, alerts, resumptions, pages and digests.
    expect(keys).toHaveLength(9);
    rotated.allResources('AWS::KMS::Key', {
      DeletionPolicy: 'Delete',
      Properties: { PendingWindowInDays: 30 },
    });
  });

  test('gives functions that send links only the new key, once the pages have it', () => {
    const variables = (name: string) => after.get(name)!.properties.Environment.Variables;
    for (const name of asking) {
      expect(text(variables(name).LINK_KEY_ARN)).toBe(current);
      expect(variables(name)).not.toHaveProperty('PREVIOUS_LINK_KEY_ARN');
      expect(resourceOf(name).DependsOn).toContain(idOf('web'));
    }
    expect(text(variables('web').LINK_KEY_ARN)).toBe(current);
    expect(text(variables('web').PREVIOUS_LINK_KEY_ARN)).toBe(previous);
  });

  const lambdas = Object.entries(resourcesOf(rotated, 'AWS::Lambda::Function'));
  const named = (name: string) =>
    lambdas.find(([, { Properties }]) => Properties.FunctionName === `${PREFIX}${name}`)!;
  const resourceOf = (name: string) => named(name)[1];
  const idOf = (name: string) => named(name)[0];
});

test('only the executor and the reverser of mail read the secrets that policy names', () => {
  const secretArn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:gmail-AbCdEf';
  const readers = (integrations: Policy['integrations']) =>
    holdersOf(READ, functionsOf(templateWith({ policy: { integrations } })));
  expect(readers({})).toEqual([]);
  expect(readers({ gmail: { secretArn } }).sort()).toEqual([
    ['execute-mail', secretArn],
    ['reverse-mail', secretArn],
  ]);
});

test('only the pages read the secret of the identity provider, and only when policy requires sign-in', () => {
  const readers = (signIn: Policy['signIn']) =>
    holdersOf(READ, functionsOf(templateWith({ policy: { signIn } })));
  expect(readers(null)).toEqual([]);
  expect(readers(SIGN_IN)).toEqual([['web', SIGN_IN.clientSecret]]);
});

test('only enrich and remind read sampled requests, and only of the web ACLs that policy names', () => {
  const arn = 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/a1b2';
  const readers = (webAcls: Policy['webAcls']) =>
    holdersOf('wafv2:GetSampledRequests', functionsOf(templateWith({ policy: { webAcls } })));
  expect(readers([])).toEqual([]);
  expect(readers([{ arn, metrics: ['shop'] }]).sort()).toEqual([
    ['enrich', arn],
    ['remind', arn],
  ]);
});

test('no function reads AWS Config unless policy turns the look-up on', () => {
  const readers = [...functions.values()].filter(({ permissions }) =>
    permissions.some(({ actions }) => actions.some((action) => action.startsWith('config:'))),
  );
  expect(readers).toEqual([]);
});

test('only enrich reads flow logs, and only in the log groups of the stack and of policy', () => {
  const readers = (flowLogGroups: Policy['flowLogGroups']) =>
    holdersOf('logs:FilterLogEvents', functionsOf(templateWith({ policy: { flowLogGroups } })));
  const own = expect.stringMatching(/FlowLogs/);
  expect(readers([])).toEqual([['enrich', own]]);
  expect(readers(['vpc/flows'])).toEqual([
    ['enrich', own, expect.stringMatching(/^arn:.*:123456789012:log-group:vpc\/flows:\*$/)],
  ]);
});

describe('secrets', () => {
  const reads = (names: typeof functions) =>
    Object.fromEntries(
      holdersOf(READ, names).map(([name, ...resources]) => [name, resources.sort()]),
    );
  const named = (name: string) =>
    `arn:\${AWS::Partition}:secretsmanager:\${AWS::Region}:123456789012:secret:${name}-??????`;

  test('no function reads a secret when no channel needs one', () => {
    expect(reads(functions)).toEqual({});
  });

  test('functions that send messages or open tickets read exactly the secrets of their channels', () => {
    const arn = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:pager-AbCdEf';
    const channels: Channels = {
      slack: {
        token: 'team/slack',
        channel: 'C012AB3CDE',
        buttons: { signingSecret: 'team/slack-signing', team: 'T012AB3CD' },
      },
      pagerDuty: { region: 'eu', routingKey: arn },
      people: { 'ana.silva': { pagerDuty: 'team/ana' } },
      tickets: {
        system: 'jira',
        site: 'https://example.atlassian.net',
        project: 'SEC',
        issueType: 'Task',
        credentials: 'team/jira',
      },
    };
    const configured = functionsOf(templateWith({ policy: { channels } }));
    const ofMessages = [arn, named('team/ana'), named('team/slack')].sort();
    const ofTickets = [named('team/jira')];
    expect(reads(configured)).toEqual({
      // Requests from Slack are verified only by the pages.
      web: [named('team/slack-signing')],
      approve: ofMessages,
      bounce: ofMessages,
      close: ofMessages,
      remind: ofMessages,
      sweep: ofMessages,
      world: ofMessages,
      notify: [...ofMessages, ...ofTickets].sort(),
      'execute-message': ofMessages,
      'reverse-message': ofMessages,
      'execute-ticket': ofTickets,
      'reverse-ticket': ofTickets,
      ticket: ofTickets,
    });
  });

  test('only gate and notify read the secrets of on-call schedules', () => {
    const onCall = {
      pagerDuty: { region: 'us', token: 'team/pagerduty-api' },
      opsgenie: { region: 'us', key: 'team/opsgenie' },
    } as const;
    const escalation = { ...POLICY.escalation, onCall };
    const both = [named('team/opsgenie'), named('team/pagerduty-api')];
    expect(reads(functionsOf(templateWith({ policy: { escalation } })))).toEqual({
      gate: both,
      notify: both,
    });
  });

  test('no environment variable is named like a secret', () => {
    for (const { properties } of functions.values())
      expect(Object.keys(properties.Environment.Variables).join()).not.toMatch(
        /TOKEN|KEY$|PASSWORD/,
      );
  });
});

test('only functions that send messages send texts, and only from the number in policy', () => {
  const send = 'sms-voice:SendTextMessage';
  expect(whoMay(send)).toEqual([]);
  const from = 'arn:aws:sms-voice:eu-central-1:123456789012:pool/pool-0123';
  const channels = { ...POLICY.channels, sms: { from } };
  expect(holdersOf(send, functionsOf(templateWith({ policy: { channels } })))).toEqual(
    [
      ...['approve', 'close', 'execute-message', 'notify', 'remind', 'reverse-message'],
      ...['sweep', 'world'],
    ].map((name) => [name, from]),
  );
});
