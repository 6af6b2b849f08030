// Loading policies: merging, and every fault with its file, line and field.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { type Fault, PolicyError } from '../../functions/policy/fault.ts';
import { loadPolicy } from '../../functions/policy/load.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'policies');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'policies-'));
  cpSync(SHIPPED, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Edits a file as an author would. Fails when there is nothing to replace. */
function edit(file: string, from: string | RegExp, to: string) {
  const path = join(directory, file);
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}
const overlay = (yaml: string) =>
  writeFileSync(
    join(directory, 'accounts', 'mine.yaml'),
    `account: "123456789012"\nname: mine\nmode: live\nstage: staging\n${yaml}`,
  );

function faults(account = 'example'): readonly Fault[] {
  try {
    loadPolicy(directory, account);
  } catch (error) {
    if (error instanceof PolicyError) return error.faults;
    throw error;
  }
  return [];
}
const faultLines = (account?: string) => faults(account).map((f) => `${f.field}: ${f.expected}`);

/** Line and column of a text in a file, both counted from 1. */
function placeOf(file: string, text: string): { line: number; column: number } {
  const before = readFileSync(join(directory, file), 'utf8').split(text)[0]!.split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

describe('the providers of the model', () => {
  const providers = (...models: string[]) =>
    edit(
      'analysis.yaml',
      /providers:\n(?: {2}- .*\n)+/,
      `providers:\n${models.map((model) => `  - { provider: bedrock, model: ${model} }\n`).join('')}`,
    );

  test.each([
    [
      'the same model through another profile',
      'claude-sonnet-5-5',
      'eu.anthropic.claude-sonnet-5-5-20260101-v1:0',
    ],
    ['a later version', 'claude-sonnet-5-5', 'anthropic.claude-sonnet-6'],
    ['a larger family', 'claude-sonnet-5-5', 'anthropic.claude-opus-5-5'],
  ])('accepts as the second provider %s', (_, first, second) => {
    providers(first, second);
    expect(faultLines()).toEqual([]);
  });

  test.each([
    ['a smaller family', 'claude-sonnet-5-5', 'anthropic.claude-haiku-6'],
    ['an earlier version', 'claude-sonnet-5-5', 'anthropic.claude-sonnet-5-4'],
    ['an earlier version of a larger family', 'claude-sonnet-5-5', 'anthropic.claude-opus-4-1'],
    ['a model that cannot be compared', 'claude-sonnet-5-5', 'other.model-9'],
  ])('rejects as the second provider %s: a fallback is never weaker', (_, first, second) => {
    providers(first, second);
    expect(faults()).toMatchObject([
      { field: 'providers', expected: expect.stringContaining('no model of a smaller family') },
    ]);
  });

  test('rejects a profile that may send alerts to any region, unless policy allows it', () => {
    providers('global.anthropic.claude-sonnet-5-5');
    expect(faultLines()).toEqual([expect.stringContaining('bedrockProfile')]);
    edit('analysis.yaml', 'bedrockProfile: geography', 'bedrockProfile: global');
    expect(faultLines()).toEqual([]);
  });
});

describe('sign-in', () => {
  const signIn = (claim = '') =>
    `signIn: { issuer: "https://login.example.com", clientId: c, clientSecret: countermand/sign-in${claim} }\n`;

  test('uses the verified email by default, and requires no sign-in when policy does not mention it', () => {
    overlay(signIn());
    expect(loadPolicy(directory, 'mine').signIn).toMatchObject({ claim: 'email' });
    expect(loadPolicy(directory, 'example').signIn).toBe(null);
  });

  test('requires the subject of every person when sign-in uses another claim', () => {
    overlay(signIn(', claim: oid'));
    expect(faultLines('mine')).toEqual(
      ['ana.silva', 'ben.okafor', 'mei.tanaka'].map(
        (id) =>
          `people.${id}.subject: expected the value of the claim "oid" (signIn) for this person`,
      ),
    );
  });

  test('rejects two people with the same subject, because each person has one vote', () => {
    overlay(signIn(', claim: oid'));
    for (const id of ['ana.silva', 'ben.okafor', 'mei.tanaka'])
      edit('escalation.yaml', `${id}@example.com`, `${id}@example.com, subject: the-same`);
    expect(faultLines('mine')).toEqual([
      'people.ben.okafor.subject: "ana.silva" has the same subject: each person has one vote',
      'people.mei.tanaka.subject: "ana.silva" has the same subject: each person has one vote',
    ]);
  });

  test('rejects a sign-in provider without TLS, and a secret in place of its name', () => {
    overlay(signIn().replace('https:', 'http:'));
    expect(faultLines('mine').join()).toContain('signIn.issuer: expected https://');
    overlay(signIn().replace('countermand/sign-in', 'xoxb-the-secret'));
    expect(faultLines('mine').join()).toContain('not the secret');
  });
});

test('rejects two people with the same email address, because each person has one vote', () => {
  edit('escalation.yaml', 'ben.okafor@example.com', 'Ana.Silva@example.com');
  expect(faultLines('example')).toEqual([
    'people.ben.okafor.email: "ana.silva" has the same address: each person has one vote',
  ]);
});

describe('canaries', () => {
  test('combines the canaries of all accounts with those of the account', () => {
    overlay(
      'canaries: [{ mechanisms: [function-log.debug-level], kind: function, value: canary }]\n',
    );
    const values = loadPolicy(directory, 'mine').canaries.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['203.0.113.100', '2001:db8::100', 'canary']));
  });

  test('rejects a canary that no mechanism can be drilled on', () => {
    overlay(
      'canaries:\n  - { mechanisms: [waf.block-adress], kind: ip, value: 203.0.113.100 }\n  - { mechanisms: [waf.block-address], kind: bucket, value: canary }\n',
    );
    expect(faultLines('mine')).toEqual([
      expect.stringMatching(
        /^canaries\.0\.mechanisms\.0: expected one of .*waf\.block-address.*found "waf\.block-adress"$/,
      ),
      'canaries.1.mechanisms.0: expected a canary of kind ip for it, found bucket',
    ]);
  });
});

describe('the example of a staging account', () => {
  const { canaries } = loadPolicy(SHIPPED, 'staging');
  const drilled = new Set(canaries.flatMap(({ mechanisms }) => mechanisms));

  test.each(MECHANISMS.map(({ id }) => id).filter((id) => !id.startsWith('mail.')))(
    'has a canary for %s',
    (id) => {
      expect(drilled, 'add one to policies/accounts/staging.yaml or policies/drill.yaml').toContain(
        id,
      );
    },
  );
});

describe('the table of effective actions', () => {
  test('rejects an effective action of a lower tier', () => {
    edit('effective.yaml', 'becomes: block_cidr_range', 'becomes: add_ip_to_watchlist');
    expect(faultLines()).toEqual([
      'effective.0.becomes: expected an action of at least tier 2, the tier of "block_ip_at_firewall", found "add_ip_to_watchlist" of tier 1',
    ]);
  });

  test('rejects a condition that the code cannot check', () => {
    edit('effective.yaml', 'wider-than-one-host', 'looks-dangerous');
    expect(faultLines()).toEqual([
      'effective.0.when: expected "wider-than-one-host", "service-account" or "address-of-ours", found "looks-dangerous"',
    ]);
  });
});

describe('services outside AWS', () => {
  const secretArn =
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:countermand/gmail-AbCdEf';

  test('connects a service only for the account that names its secret', () => {
    overlay(`integrations: { gmail: { secretArn: "${secretArn}" } }`);
    expect(loadPolicy(directory, 'mine').integrations).toEqual({ gmail: { secretArn } });
    expect(loadPolicy(directory, 'example').integrations).toEqual({});
  });

  test('rejects an unknown service, and a secret in place of its ARN', () => {
    overlay('integrations: { gmail: { secretArn: "hunter2" }, hotmail: {} }');
    expect(faultLines('mine')).toEqual([
      'integrations.gmail.secretArn: expected the ARN of a secret, found "hunter2"',
      expect.stringContaining('integrations.hotmail: unknown field'),
    ]);
  });
});

test('rejects a tier-1 action that only a person undoes, and names the field', () => {
  edit(
    'actions.yaml',
    'lifetime: { undo: reverses-when-due, maxDurationMinutes: 4320 }',
    'lifetime: { undo: by-a-person, reviewAfterDays: 30 }',
  );
  expect(() => loadPolicy(directory, 'example')).toThrow(
    /actions\.yaml:\d+:\d+ actions\.add_ip_to_watchlist\.lifetime\.undo: expected reverses-when-due or kept/,
  );
});

describe('the shipped policies', () => {
  test.each(['example', 'local', 'staging'])('the account %s loads without a fault', (account) => {
    expect(faults(account)).toEqual([]);
  });

  test('a new account is in shadow mode', () => {
    expect(loadPolicy(directory, 'example').mode).toBe('shadow');
  });

  test.each([
    [1, 'send_analyst_notification'],
    [1, 'quarantine_email'],
    [2, 'block_ip_at_firewall'],
    [2, 'disable_user_account_temporarily'],
    [2, 'revoke_api_key'],
    [2, 'disable_function_url'],
    [3, 'isolate_production_host'],
    [3, 'revoke_service_account_credential'],
    [3, 'block_cidr_range'],
    [3, 'initiate_forensic_capture'],
    [3, 'send_breach_notification'],
    [3, 'contain_resource'],
  ] as const)('ships tier %s for %s', (tier, name) => {
    expect(loadPolicy(directory, 'example').actions[name].tier).toBe(tier);
  });

  test('the version changes with the content, and only then', () => {
    const { version } = loadPolicy(directory, 'example');
    expect(loadPolicy(directory, 'example').version).toBe(version);
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 2');
    expect(loadPolicy(directory, 'example').version).not.toBe(version);
  });
});

describe('an invalid policy', () => {
  test('reports a fault with file, line, column, field and expected value', () => {
    edit('actions.yaml', /(block_ip_at_firewall:\n\s+tier: )2/, '$14');
    expect(faults()).toEqual([
      {
        file: expect.stringMatching(/actions\.yaml$/),
        ...placeOf('actions.yaml', 'tier: 4'),
        field: 'actions.block_ip_at_firewall.tier',
        expected: 'expected 1, 2 or 3, found 4',
      },
    ]);
  });

  test('prints one line per fault, in a form that editors can follow', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 300');
    const { line } = placeOf('limits.yaml', 'maxExtensions: 300');
    expect(() => loadPolicy(directory, 'example')).toThrow(
      new RegExp(`limits\\.yaml:${line}:1 maxExtensions: expected at most 10, found 300$`),
    );
  });

  test('reports all faults in all files at once', () => {
    edit('actions.yaml', 'targetKinds: [ip]', 'targetKinds: [ip]\n    confidenceFloor: 500');
    edit('escalation.yaml', 'atMinutes: 5', 'atMinutes: soon');
    edit('accounts/example.yaml', 'mode: shadow', 'mode: on');
    expect(faultLines()).toEqual([
      'actions.add_ip_to_watchlist.confidenceFloor: expected at most 100, found 500',
      'ladder.1.atMinutes: expected a number, found "soon"',
      'mode: expected "shadow" or "live", found "on"',
    ]);
  });

  test('rejects a floor below 70 that carries no reason', () => {
    edit('actions.yaml', 'targetKinds: [ip]', 'targetKinds: [ip]\n    confidenceFloor: 60');
    expect(faultLines()).toEqual([
      'actions.add_ip_to_watchlist.confidenceFloor: below 70: give the reason in whyLowerFloor',
    ]);
    edit(
      'actions.yaml',
      'confidenceFloor: 60',
      'whyLowerFloor: Watching costs nothing\n    confidenceFloor: 60',
    );
    expect(loadPolicy(directory, 'example').actions.add_ip_to_watchlist.confidenceFloor).toBe(60);
  });

  test('suggests the name that was probably meant for an unknown field', () => {
    edit('limits.yaml', 'maxExtensions:', 'maxExtension:');
    expect(faultLines()).toEqual([
      expect.stringContaining('maxExtensions: missing'),
      'maxExtension: unknown field; did you mean "maxExtensions"?',
    ]);
  });

  test('suggests the name that was probably meant for an unknown action', () => {
    overlay('actions:\n  block_ip_at_firewal: { confidenceFloor: 90 }\n');
    expect(faults('mine')).toMatchObject([
      {
        line: 6,
        column: 3,
        field: 'actions.block_ip_at_firewal',
        expected: expect.stringContaining('did you mean "block_ip_at_firewall"?'),
      },
    ]);
  });

  test('names no field as the correction of itself', () => {
    edit('actions.yaml', 'tier: 2', 'tier: 1');
    expect(faultLines()).toEqual([
      'actions.block_ip_at_firewall.approvalTimeoutMinutes: not allowed in this entry, only in others',
    ]);
  });

  test('asks for quotes around an account ID that YAML reads as a number', () => {
    edit('accounts/example.yaml', /^account: "(\d+)"/m, 'account: $1');
    expect(faultLines()).toEqual([
      expect.stringMatching(/^account: expected text in quotes, found \d{12}$/),
    ]);
  });

  test.each([
    [
      'kinds: [iam-user]',
      'values: missing, expected values, cidrs or tags; values: ["*"] covers all',
    ],
    ['values: []', 'values: expected at least 1 entry, found an empty list'],
  ])('rejects a rule that would protect nothing: %s', (list, fault) => {
    edit(
      'protected.yaml',
      'protected:',
      `protected:\n  - { id: all-users, why: All users, ${list} }`,
    );
    expect(faultLines()).toEqual([`protected.0.${fault}`]);
  });

  test('names the severity whose alerts would page no one', () => {
    edit('limits.yaml', 'critical: always', 'critical: morning');
    expect(faultLines()).toEqual([
      'pages.bySeverity.critical: expected "always" or "page", because an attack must page someone, found "morning"',
    ]);
  });

  test('rejects a policy that lacks an action', () => {
    edit('actions.yaml', / {2}contain_resource:[\s\S]*$/, '');
    expect(faultLines()).toEqual([expect.stringContaining('actions.contain_resource: missing')]);
  });

  test('rejects a file that is not YAML, with the line', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: [3');
    expect(faults()[0]).toMatchObject({
      ...{ field: '(syntax)', line: expect.any(Number) },
      expected: expect.not.stringMatching(/line|:$/),
    });
  });

  test('rejects a file with a duplicate key', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 3\nmaxExtensions: 9');
    expect(faults()[0]).toMatchObject({
      field: '(syntax)',
      expected: expect.stringMatching(/unique/),
    });
  });

  test('rejects an account whose file does not exist', () => {
    expect(faultLines('nowhere')).toEqual(["(file): can't be read: ENOENT"]);
  });

  test('rejects an empty file', () => {
    writeFileSync(join(directory, 'limits.yaml'), '');
    expect(faultLines()).toEqual(['(file): expected an object, found null']);
  });
});

describe('actions that can be undone', () => {
  test('P3: rejects an enabled action without a registered mechanism that can undo it', async () => {
    vi.doMock('../../functions/mechanisms/registry.ts', () => ({ MECHANISMS: [] }));
    vi.resetModules();
    const bare = await import('../../functions/policy/load.ts');
    vi.doUnmock('../../functions/mechanisms/registry.ts');
    expect(() => bare.loadPolicy(directory, 'example')).toThrow(
      expect.objectContaining({
        faults: expect.arrayContaining([
          expect.objectContaining({
            field: 'actions.revoke_api_key.enabled',
            expected: 'expected false: no mechanism with a reversal is registered for it',
          }),
        ]),
      }),
    );
  });

  test('P3: requires that an action without an end says how it is withdrawn', () => {
    edit('actions.yaml', /withdrawal: The ticket[^}]*/, 'note: none ');
    expect(faultLines()).toEqual([
      expect.stringContaining('create_alert_ticket.lifetime.withdrawal: missing'),
      expect.stringContaining('create_alert_ticket.lifetime.note: unknown field'),
    ]);
  });

  test('P3: rejects a field that would enable a tier-3 action', () => {
    edit('actions.yaml', /(isolate_production_host:\n)/, '$1    enabled: true\n');
    expect(faultLines()).toEqual([
      expect.stringContaining('actions.isolate_production_host.enabled: not allowed'),
    ]);
  });
});

describe('the escalation policy', () => {
  test('rejects an escalation step that is not before the end of the shortest request', () => {
    edit('escalation.yaml', 'atMinutes: 5', 'atMinutes: 10');
    expect(faults()).toMatchObject([
      {
        ...placeOf('escalation.yaml', 'atMinutes: 10'),
        field: 'ladder.1.atMinutes',
        expected: 'expected less than 10, the shortest approval time limit, found 10',
      },
    ]);
  });

  test('checks the escalation policy against the time limits of the account', () => {
    overlay('actions:\n  revoke_api_key: { approvalTimeoutMinutes: 4 }\n');
    expect(faultLines('mine')).toEqual([expect.stringContaining('expected less than 4')]);
  });

  test('rejects a person in an escalation step who is not listed', () => {
    edit('escalation.yaml', 'ask: [ben.okafor]', 'ask: [ben.okafr]');
    expect(faults()).toMatchObject([
      {
        ...placeOf('escalation.yaml', 'ben.okafr'),
        field: 'ladder.1.ask.0',
        expected: 'expected one of the people, found "ben.okafr"',
      },
    ]);
  });

  test('explains how to write a schedule when it is written incorrectly', () => {
    edit('escalation.yaml', 'ask: [ben.okafor]', 'ask: [{ pagerduty: PI7DH85 }]');
    expect(faults()).toMatchObject([
      {
        field: 'ladder.1.ask.0',
        expected:
          'expected the id of a person, { pagerDuty: <id> }, { opsgenie: <id> } or a person with timeZone, days, from and to, found an object',
      },
    ]);
  });
});

describe('channels', () => {
  const TICKETS = 'tickets: { system: ops-center }';
  const channels = (yaml: string) => edit('channels.yaml', /people: \{\}\ntickets:.*\n/, yaml);

  test('replaces the channels of all accounts by those of the account', () => {
    overlay(`channels:\n  teams: { webhook: mine/teams }\n  people: {}\n  ${TICKETS}\n`);
    expect(loadPolicy(directory, 'mine').channels).toEqual({
      teams: { webhook: 'mine/teams' },
      people: {},
      tickets: { system: 'ops-center' },
    });
  });

  test.each([
    ['a Slack token', 'slack: { token: xoxb-1234567890-abc }\npeople: {}', 'slack.token'],
    [
      'a webhook secret',
      'webhook: { url: "https://a.example", secret: whsec_abc }\npeople: {}',
      'webhook.secret',
    ],
    [
      'a routing key',
      `pagerDuty: { region: us, routingKey: ${'a'.repeat(32)} }\npeople: {}`,
      'pagerDuty.routingKey',
    ],
  ])('rejects %s in place of the name of a secret', (_, yaml, field) => {
    channels(`${yaml}\n${TICKETS}\n`);
    expect(faultLines()).toEqual([
      expect.stringContaining(`${field}: expected the name of a secret, not the secret`),
    ]);
  });

  test("rejects the ID of a channel in place of a person's", () => {
    channels(`slack: { token: t }\npeople:\n  ana.silva: { slack: C012AB3CDE }\n${TICKETS}\n`);
    expect(faultLines()).toEqual([expect.stringContaining('expected the id of a Slack member')]);
  });

  test('rejects addresses of people who are not in the escalation policy', () => {
    channels(`slack: { token: t }\npeople:\n  ana.silv: { slack: U012AB3CDE }\n${TICKETS}\n`);
    expect(faultLines()).toEqual([
      'people.ana.silv: "ana.silv" is not listed under people in escalation.yaml',
    ]);
  });

  test('rejects the address of a person in a channel that is not configured', () => {
    channels(`people:\n  ana.silva: { slack: U012AB3CDE }\n${TICKETS}\n`);
    expect(faultLines()).toEqual([expect.stringContaining('slack is not configured above')]);
  });

  test('rejects a path in the site of a ticket system', () => {
    channels(
      'people: {}\ntickets: { system: servicenow, site: "https://x.example/path", credentials: c, closeCode: Done }\n',
    );
    expect(faultLines()).toEqual([expect.stringContaining('tickets.site')]);
  });
});

describe('an account overlay can only be stricter', () => {
  test.each([
    [
      'actions',
      'block_ip_at_firewall: { maxDurationMinutes: 1441 }',
      'expected at most 1440: an account may only lower it',
    ],
    [
      'actions',
      'block_ip_at_firewall: { approvalTimeoutMinutes: 16 }',
      'expected at most 15: an account may only lower it',
    ],
    [
      'actions',
      'block_ip_at_firewall: { confidenceFloor: 69 }',
      'expected at least 70: an account may only raise it',
    ],
    [
      'actions',
      'block_cidr_range: { tier: 2 }',
      'expected at least 3: an account may only raise it',
    ],
    ['actions', 'block_ip_at_firewall: { tier: 1 }', 'expected 2 or 3, found 1'],
    ['actions', 'quarantine_email: { enabled: true }', 'expected false, found true'],
    ['actions', 'block_cidr_range: { maxDurationMinutes: 5 }', 'has no effect: tier 3'],
    ['actions', 'add_ip_to_watchlist: { approvalTimeoutMinutes: 5 }', 'has no effect: tier 1'],
    [
      'actions',
      'disable_function_url: { reviewAfterDays: 91 }',
      'expected at most 90: an account may only lower it',
    ],
    ['actions', 'block_ip_at_firewall: { reviewAfterDays: 5 }', 'has no effect: only an action'],
    ['actions', 'block_cidr_range: { reviewAfterDays: 5 }', 'has no effect: tier 3'],
    [
      'actions',
      'create_alert_ticket: { maxDurationMinutes: 5 }',
      'has no effect: this action is kept',
    ],
    [
      'limits',
      'automaticPerMinute: { perAccount: 11 }',
      'expected at most 10: an account may only lower it',
    ],
    [
      'limits',
      'slotsReservedForSevere: { perAccount: 3 }',
      'expected at least 4: an account may only raise it',
    ],
    [
      'limits',
      'pages: { bySeverity: { critical: page, high: inform, medium: page, low: inform, informational: inform } }',
      'expected "always" or "page", because an attack must page someone',
    ],
    [
      'limits',
      'pages: { bySeverity: { critical: morning, high: page, medium: page, low: inform, informational: inform } }',
      'expected "always" or "page", because an attack must page someone',
    ],
    ['limits', 'maxExtensions: 4', 'expected at most 3: an account may only lower it'],
    ['limits', 'findingMaxAgeHours: 25', 'expected at most 24: an account may only lower it'],
    ['limits', 'drillMaxAgeDays: 91', 'expected at most 90: an account may only lower it'],
  ])('P10: rejects %s: %s', (section, line, expected) => {
    overlay(`${section}:\n  ${line}\n`);
    expect(faults('mine')).toMatchObject([
      {
        file: expect.stringMatching(/mine\.yaml$/),
        line: 6,
        expected: expect.stringContaining(expected),
      },
    ]);
  });

  test('P10: accepts an earlier review of an action that only a person undoes', () => {
    overlay('actions:\n  disable_function_url: { reviewAfterDays: 30 }\n');
    expect(loadPolicy(directory, 'mine').actions.disable_function_url).toMatchObject({
      lifetime: { undo: 'by-a-person', reviewAfterDays: 30 },
    });
  });

  test('P10: accepts a higher tier, and adds the time limit that a request then needs', () => {
    overlay('actions:\n  add_ip_to_watchlist: { tier: 2 }\n');
    expect(loadPolicy(directory, 'mine').actions.add_ip_to_watchlist).toMatchObject({
      tier: 2,
      approvalTimeoutMinutes: 15,
      lifetime: { maxDurationMinutes: 4320 },
    });
  });

  test('P10: accepts that an action is disabled, or raised to tier 3', () => {
    overlay(
      'actions:\n  add_ip_to_watchlist: { enabled: false }\n  block_ip_at_firewall: { tier: 3 }\n',
    );
    const { actions } = loadPolicy(directory, 'mine');
    expect(actions.add_ip_to_watchlist).toMatchObject({ enabled: false });
    expect(actions.block_ip_at_firewall).toMatchObject({ tier: 3 });
    expect(actions.block_ip_at_firewall).not.toHaveProperty('lifetime');
  });

  test('P10: lowers one rate and keeps the others', () => {
    overlay('limits:\n  automaticPerMinute: { perIncident: 1 }\n');
    expect(loadPolicy(directory, 'mine').limits).toMatchObject({
      automaticPerMinute: { perAccount: 10, perAction: 6, perIncident: 1 },
      slotsReservedForSevere: { perAccount: 4, perIncident: 1 },
      maxExtensions: 3,
    });
  });

  test('P10: adds protected targets, and never removes any', () => {
    const before = loadPolicy(directory, 'example').protected;
    overlay('protected:\n  - { id: partner, why: Our partner, cidrs: [198.51.100.0/24] }\n');
    const after = loadPolicy(directory, 'mine').protected;
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toMatchObject({ id: 'partner' });
  });

  test('P10: rejects two rules with the same ID', () => {
    overlay('protected:\n  - { id: break-glass, why: Another one, values: [me] }\n');
    expect(faultLines('mine')).toEqual(['protected: "break-glass" is the ID of two rules']);
  });
});

describe('a partner’s event bus', () => {
  const entry = (change: object = {}) => ({
    eventBus: 'aws.partner/example.com/alerts',
    source: 'aws.partner/example.com/alerts',
    format: 'generic',
    ...change,
  });
  const partners = (...entries: object[]) =>
    overlay(`partnerSources: ${JSON.stringify(entries)}\n`);

  test('accepts a partner bus with the source and the format of its events', () => {
    partners(entry(), entry({ source: 'example.scanner', format: 'guardduty' }));
    expect(loadPolicy(directory, 'mine').partnerSources).toHaveLength(2);
    expect(loadPolicy(directory, 'example').partnerSources).toEqual([]);
  });

  test.each([
    [{ eventBus: 'a b' }, 'eventBus: expected the name of an event bus, found "a b"'],
    [
      { source: 'aws.guardduty' },
      'source: expected the source of a partner, not of an AWS service, found "aws.guardduty"',
    ],
    [
      { format: 'asff' },
      'format: expected "generic", "guardduty", "security-hub-asff" or "security-hub-ocsf", found "asff"',
    ],
    [{ extra: 'x' }, 'extra: unknown field'],
  ])('rejects a partner bus with an invalid field, and names it: %j', (change, fault) => {
    partners(entry(), entry({ source: 'example.scanner', ...change }));
    expect(faultLines('mine')).toEqual([`partnerSources.1.${fault}`]);
  });

  test('rejects two partner entries with the same source', () => {
    partners(entry(), entry({ format: 'guardduty' }));
    expect(faultLines('mine')).toEqual(['partnerSources: expected each source once, found a list']);
  });
});
