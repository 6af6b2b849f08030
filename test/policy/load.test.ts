// Policies load, merge and are refused: every fault at once, each with file, line, column, field and expectation.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Fault, PolicyError } from '../../functions/policy/fault.ts';
import { loadPolicy } from '../../functions/policy/load.ts';

const SHIPPED = join(import.meta.dirname, '..', '..', 'policies');
let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'policies-'));
  cpSync(SHIPPED, directory, { recursive: true });
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Changes one file as an author would, and fails when there is nothing to change. */
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
const told = (account?: string) => faults(account).map((f) => `${f.field}: ${f.expected}`);

/** Line and column of a text in a file, both from 1. */
function placeOf(file: string, text: string): { line: number; column: number } {
  const before = readFileSync(join(directory, file), 'utf8').split(text)[0]!.split('\n');
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

describe('signing in', () => {
  const signIn = (claim = '') =>
    `signIn: { issuer: "https://login.example.com", clientId: c, clientSecret: countermand/sign-in${claim} }\n`;

  test('is by a verified address, where nothing else is said, and not asked for where nothing is said of it', () => {
    overlay(signIn());
    expect(loadPolicy(directory, 'mine').signIn).toMatchObject({ claim: 'email' });
    expect(loadPolicy(directory, 'example').signIn).toBe(null);
  });

  test('by another claim needs the subject of everybody who may be asked', () => {
    overlay(signIn(', claim: oid'));
    expect(told('mine')).toEqual(
      ['ana.silva', 'ben.okafor', 'mei.tanaka'].map(
        (id) =>
          `people.${id}.subject: expected the value of the claim "oid" (signIn) for this person`,
      ),
    );
  });

  test('as two people at once is refused: one person has one vote', () => {
    overlay(signIn(', claim: oid'));
    for (const id of ['ana.silva', 'ben.okafor', 'mei.tanaka'])
      edit('escalation.yaml', `${id}@example.com`, `${id}@example.com, subject: the-same`);
    expect(told('mine')).toEqual([
      'people.ben.okafor.subject: "ana.silva" has the same subject: each person has one vote',
      'people.mei.tanaka.subject: "ana.silva" has the same subject: each person has one vote',
    ]);
  });

  test('with a provider that is not reached over TLS, or with the secret itself, is refused', () => {
    overlay(signIn().replace('https:', 'http:'));
    expect(told('mine').join()).toContain('signIn.issuer: expected https://');
    overlay(signIn().replace('countermand/sign-in', 'xoxb-the-secret'));
    expect(told('mine').join()).toContain('not the secret');
  });
});

test('two people with one address are refused: links go there, and one person has one vote', () => {
  edit('escalation.yaml', 'ben.okafor@example.com', 'Ana.Silva@example.com');
  expect(told('example')).toEqual([
    'people.ben.okafor.email: "ana.silva" has the same address: each person has one vote',
  ]);
});

describe('canaries', () => {
  test('of all accounts and of this one are drilled on together', () => {
    overlay(
      'canaries: [{ mechanisms: [function-log.debug-level], kind: function, value: canary }]\n',
    );
    const values = loadPolicy(directory, 'mine').canaries.map(({ value }) => value);
    expect(values).toEqual(expect.arrayContaining(['203.0.113.100', '2001:db8::100', 'canary']));
  });

  test('that no mechanism could be drilled on are refused: its drill would be missing, and nobody would see why', () => {
    overlay(
      'canaries:\n  - { mechanisms: [waf.block-adress], kind: ip, value: 203.0.113.100 }\n  - { mechanisms: [waf.block-address], kind: bucket, value: canary }\n',
    );
    expect(told('mine')).toEqual([
      expect.stringMatching(
        /^canaries\.0\.mechanisms\.0: expected one of .*waf\.block-address.*found "waf\.block-adress"$/,
      ),
      'canaries.1.mechanisms.0: expected a canary of kind ip for it, found bucket',
    ]);
  });
});

describe('the table of effective actions', () => {
  test('can only lead to a tier at least as high', () => {
    edit('effective.yaml', 'becomes: block_cidr_range', 'becomes: add_ip_to_watchlist');
    expect(told()).toEqual([
      'effective.0.becomes: expected an action of at least tier 2, the tier of "block_ip_at_firewall", found "add_ip_to_watchlist" of tier 1',
    ]);
  });

  test('knows only what code can establish', () => {
    edit('effective.yaml', 'wider-than-one-host', 'looks-dangerous');
    expect(told()).toEqual([
      'effective.0.when: expected "wider-than-one-host", "service-account" or "address-of-ours", found "looks-dangerous"',
    ]);
  });
});

describe('services outside AWS', () => {
  const secretArn =
    'arn:aws:secretsmanager:eu-central-1:123456789012:secret:countermand/gmail-AbCdEf';

  test('are joined by the account that names their secret, and by no other', () => {
    overlay(`integrations: { gmail: { secretArn: "${secretArn}" } }`);
    expect(loadPolicy(directory, 'mine').integrations).toEqual({ gmail: { secretArn } });
    expect(loadPolicy(directory, 'example').integrations).toEqual({});
  });

  test('are known by name, and their secrets stand in Secrets Manager', () => {
    overlay('integrations: { gmail: { secretArn: "hunter2" }, hotmail: {} }');
    expect(told('mine')).toEqual([
      'integrations.gmail.secretArn: expected the ARN of a secret, found "hunter2"',
      expect.stringContaining('integrations.hotmail: unknown field'),
    ]);
  });
});

test('an action that only a person undoes has to need a person: tier 1 is refused by its field', () => {
  edit(
    'actions.yaml',
    'lifetime: { undo: reverses-when-due, maxDurationMinutes: 4320 }',
    'lifetime: { undo: by-a-person, reviewAfterDays: 30 }',
  );
  expect(() => loadPolicy(directory, 'example')).toThrow(
    /actions\.yaml:\d+:\d+ actions\.add_ip_to_watchlist\.lifetime\.undo: expected reverses-when-due or kept/,
  );
});

describe('what is shipped', () => {
  test.each(['example', 'local', 'staging'])('the account %s loads', (account) => {
    expect(faults(account)).toEqual([]);
  });

  test('a new account only watches until its mode says otherwise', () => {
    expect(loadPolicy(directory, 'example').mode).toBe('shadow');
  });

  test('every action of the catalogue is there, five of them never to run', () => {
    const { actions } = loadPolicy(directory, 'example');
    const tiers = Object.values(actions).map(({ tier }) => tier);
    expect(tiers.filter((tier) => tier === 1)).toHaveLength(5);
    expect(tiers.filter((tier) => tier === 2)).toHaveLength(4);
    expect(tiers.filter((tier) => tier === 3)).toHaveLength(5);
  });

  test('the version is the content: the same again, another after any change', () => {
    const { version } = loadPolicy(directory, 'example');
    expect(loadPolicy(directory, 'example').version).toBe(version);
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 2');
    expect(loadPolicy(directory, 'example').version).not.toBe(version);
  });
});

describe('an invalid policy', () => {
  test('is refused with file, line, column, field and what was expected', () => {
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

  test('prints one line per fault, as an editor can follow it', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 300');
    const { line } = placeOf('limits.yaml', 'maxExtensions: 300');
    expect(() => loadPolicy(directory, 'example')).toThrow(
      new RegExp(`limits\\.yaml:${line}:1 maxExtensions: expected at most 10, found 300$`),
    );
  });

  test('names everything that is wrong, in all files at once', () => {
    edit('actions.yaml', 'confidenceFloor: 50', 'confidenceFloor: 500');
    edit('escalation.yaml', 'atMinutes: 5', 'atMinutes: soon');
    edit('accounts/example.yaml', 'mode: shadow', 'mode: on');
    expect(told()).toEqual([
      'actions.add_ip_to_watchlist.confidenceFloor: expected at most 100, found 500',
      'ladder.1.atMinutes: expected number, found "soon"',
      'mode: expected "shadow" or "live", found "on"',
    ]);
  });

  test('with a field that nobody knows says which one was probably meant', () => {
    edit('limits.yaml', 'maxExtensions:', 'maxExtension:');
    expect(told()).toEqual([
      expect.stringContaining('maxExtensions: missing'),
      'maxExtension: unknown field; did you mean "maxExtensions"?',
    ]);
  });

  test('with an action that nobody knows says which one was probably meant', () => {
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

  test('that lacks an action is refused: nothing is left undecided', () => {
    edit('actions.yaml', / {2}send_breach_notification:[\s\S]*$/, '');
    expect(told()).toEqual([expect.stringContaining('actions.send_breach_notification: missing')]);
  });

  test('that is no YAML is refused with the place', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: [3');
    expect(faults()[0]).toMatchObject({ field: '(syntax)', line: expect.any(Number) });
  });

  test('that has a key twice is refused, rather than one of the two believed', () => {
    edit('limits.yaml', 'maxExtensions: 3', 'maxExtensions: 3\nmaxExtensions: 9');
    expect(faults()[0]).toMatchObject({
      field: '(syntax)',
      expected: expect.stringMatching(/unique/),
    });
  });

  test('that is not there is refused by name', () => {
    expect(told('nowhere')).toEqual(["(file): can't be read: ENOENT"]);
  });

  test('that is empty is refused', () => {
    writeFileSync(join(directory, 'limits.yaml'), '');
    expect(told()).toEqual(['(file): expected object, found null']);
  });
});

describe('P3: what may run has a way back', () => {
  test('an action cannot be enabled where no mechanism with a reversal is registered', async () => {
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

  test('an action without an end must say how it is withdrawn', () => {
    edit('actions.yaml', /withdrawal: The ticket[^}]*/, 'note: none ');
    expect(told()).toEqual([
      expect.stringContaining('create_alert_ticket.lifetime.withdrawal: missing'),
      expect.stringContaining('create_alert_ticket.lifetime.note: unknown field'),
    ]);
  });

  test('a tier-3 action takes no switch to enable it', () => {
    edit('actions.yaml', /(isolate_production_host:\n)/, '$1    enabled: true\n');
    expect(told()).toEqual([
      expect.stringContaining('actions.isolate_production_host.enabled: unknown field'),
    ]);
  });
});

describe('the ladder', () => {
  test('asks the last person before the shortest request ends', () => {
    edit('escalation.yaml', 'atMinutes: 5', 'atMinutes: 10');
    expect(faults()).toMatchObject([
      {
        ...placeOf('escalation.yaml', 'atMinutes: 10'),
        field: 'ladder.1.atMinutes',
        expected: 'expected less than 10, the shortest approval time limit, found 10',
      },
    ]);
  });

  test('of an account is held against the time limits of that account', () => {
    overlay('actions:\n  revoke_api_key: { approvalTimeoutMinutes: 4 }\n');
    expect(told('mine')).toEqual([expect.stringContaining('expected less than 4')]);
  });

  test('asks only people who are listed', () => {
    edit('escalation.yaml', 'ask: [ben.okafor]', 'ask: [ben.okafr]');
    expect(faults()).toMatchObject([
      {
        ...placeOf('escalation.yaml', 'ben.okafr'),
        field: 'ladder.1.ask.0',
        expected: 'expected one of the people, found "ben.okafr"',
      },
    ]);
  });

  test('says how a schedule is written to whoever writes it otherwise', () => {
    edit('escalation.yaml', 'ask: [ben.okafor]', 'ask: [{ pagerduty: PI7DH85 }]');
    expect(faults()).toMatchObject([
      {
        field: 'ladder.1.ask.0',
        expected:
          'expected the id of a person, { pagerDuty: <id> } or { opsgenie: <id> }, found an object',
      },
    ]);
  });
});

describe('channels', () => {
  const NOBODY = 'tickets: { system: ops-center }';
  const channels = (yaml: string) => edit('channels.yaml', /people: \{\}\ntickets:.*\n/, yaml);

  test('of an account replace those of all accounts', () => {
    overlay(`channels:\n  teams: { webhook: mine/teams }\n  people: {}\n  ${NOBODY}\n`);
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
  ])('take the name of a secret, and refuse %s', (_, yaml, field) => {
    channels(`${yaml}\n${NOBODY}\n`);
    expect(told()).toEqual([
      expect.stringContaining(`${field}: expected the name of a secret, not the secret`),
    ]);
  });

  test('have people’s direct messages go to people: the id of a channel is refused', () => {
    channels(`slack: { token: t }\npeople:\n  ana.silva: { slack: C012AB3CDE }\n${NOBODY}\n`);
    expect(told()).toEqual([expect.stringContaining('expected the id of a Slack member')]);
  });

  test('have addresses only of people whom somebody may ask', () => {
    channels(`slack: { token: t }\npeople:\n  ana.silv: { slack: U012AB3CDE }\n${NOBODY}\n`);
    expect(told()).toEqual([
      'people.ana.silv: "ana.silv" is not listed under people in escalation.yaml',
    ]);
  });

  test('have no address where the channel itself is missing', () => {
    channels(`people:\n  ana.silva: { slack: U012AB3CDE }\n${NOBODY}\n`);
    expect(told()).toEqual([expect.stringContaining('slack is not configured above')]);
  });

  test('take a ticket system by its site alone', () => {
    channels(
      'people: {}\ntickets: { system: servicenow, site: "https://x.example/path", credentials: c, closeCode: Done }\n',
    );
    expect(told()).toEqual([expect.stringContaining('tickets.site')]);
  });
});

describe('P10: an account can only be stricter', () => {
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
      'block_ip_at_firewall: { confidenceFloor: 59 }',
      'expected at least 60: an account may only raise it',
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
    ['limits', 'maxExtensions: 4', 'expected at most 3: an account may only lower it'],
    ['limits', 'drillMaxAgeDays: 91', 'expected at most 90: an account may only lower it'],
  ])('refuses %s: %s', (section, line, expected) => {
    overlay(`${section}:\n  ${line}\n`);
    expect(faults('mine')).toMatchObject([
      {
        file: expect.stringMatching(/mine\.yaml$/),
        line: 6,
        expected: expect.stringContaining(expected),
      },
    ]);
  });

  test('the review of an action that a person undoes comes earlier', () => {
    overlay('actions:\n  disable_function_url: { reviewAfterDays: 30 }\n');
    expect(loadPolicy(directory, 'mine').actions.disable_function_url).toMatchObject({
      lifetime: { undo: 'by-a-person', reviewAfterDays: 30 },
    });
  });

  test('a tier is raised, with the time limit that a request then needs', () => {
    overlay('actions:\n  add_ip_to_watchlist: { tier: 2 }\n');
    expect(loadPolicy(directory, 'mine').actions.add_ip_to_watchlist).toMatchObject({
      tier: 2,
      approvalTimeoutMinutes: 15,
      lifetime: { maxDurationMinutes: 4320 },
    });
  });

  test('an action is taken out of use, or never runs at all', () => {
    overlay(
      'actions:\n  add_ip_to_watchlist: { enabled: false }\n  block_ip_at_firewall: { tier: 3 }\n',
    );
    const { actions } = loadPolicy(directory, 'mine');
    expect(actions.add_ip_to_watchlist).toMatchObject({ enabled: false });
    expect(actions.block_ip_at_firewall).toMatchObject({ tier: 3 });
    expect(actions.block_ip_at_firewall).not.toHaveProperty('lifetime');
  });

  test('one rate is lowered and the others stay', () => {
    overlay('limits:\n  automaticPerMinute: { perIncident: 1 }\n');
    expect(loadPolicy(directory, 'mine').limits).toMatchObject({
      automaticPerMinute: { perAccount: 10, perAction: 6, perIncident: 1 },
      maxExtensions: 3,
    });
  });

  test('protected targets are added to, never taken away', () => {
    const before = loadPolicy(directory, 'example').protected;
    overlay('protected:\n  - { id: partner, why: Our partner, cidrs: [198.51.100.0/24] }\n');
    const after = loadPolicy(directory, 'mine').protected;
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.at(-1)).toMatchObject({ id: 'partner' });
  });

  test('two rules of one name are refused', () => {
    overlay('protected:\n  - { id: break-glass, why: Another one, values: [me] }\n');
    expect(told('mine')).toEqual(['protected: "break-glass" is the ID of two rules']);
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

  test('is named with the source of its events and their form', () => {
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
  ])('is refused with the field that is wrong: %j', (change, fault) => {
    partners(entry(), entry({ source: 'example.scanner', ...change }));
    expect(told('mine')).toEqual([`partnerSources.1.${fault}`]);
  });

  test('is refused when two entries name the same source', () => {
    partners(entry(), entry({ format: 'guardduty' }));
    expect(told('mine')).toEqual(['partnerSources: expected each source once, found a list']);
  });
});
