// Decisions by tier, effective action, drills and the place of the target.
import { describe, expect, test } from 'vitest';
import { ActionName } from '../../functions/domain/action-catalog.ts';
import { type EntityFacts, type Fact, known, unknown } from '../../functions/domain/facts.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import {
  alertWith,
  attacker,
  DRILLED,
  factsAbout,
  factsWith,
  HERE,
  leakedKey,
  NOW,
  POLICY,
  recommend,
} from '../fixtures/case.ts';
import {
  addressFacts,
  at,
  circumstances,
  codes,
  ORDINARY_USER,
  onTheKey,
  revokes,
  withTarget,
} from './deciding.ts';

const SCANNER = { id: 'scan', owner: 'Ana', why: 'The weekly scan', until: '2026-12-31' };
const NAME = { name: 'a.scan.example', domain: 'scan.example', isConfirmed: true };
test.each<Partial<EntityFacts>>([
  { address: { ...factsAbout('ip-1').address!, scanner: SCANNER } },
  ...(['network', 'domain', 'role'] as const).map((kind) => ({
    scanner: known({ ...SCANNER, by: { kind, value: 'any' } }),
  })),
  { reverseDns: known({ names: [NAME.name], count: 1, claim: NAME }) },
  { scanner: unknown('no answer'), reverseDns: unknown('no answer') },
])(
  'decides about a declared scanner as about any address, for low and critical severity: %j',
  (change) => {
    const facts = factsWith(factsAbout('ip-1', change));
    for (const label of ['low', 'critical'] as const)
      for (const action of ['add_ip_to_watchlist', 'block_ip_at_firewall'] as const) {
        const alert = alertWith({ severity: { score: 9, label } });
        const one = recommend({ action });
        expect(decide(one, circumstances({ alert, facts }))).toEqual(
          decide(one, circumstances({ alert, facts: factsWith(factsAbout('ip-1')) })),
        );
      }
  },
);

describe('the tier map', () => {
  test('runs a watch-list entry automatically', () => {
    expect(decide(recommend({ action: 'add_ip_to_watchlist' }), circumstances()).disposition).toBe(
      'auto',
    );
  });

  test('requests approval for a block', () => {
    expect(decide(recommend(), circumstances()).disposition).toBe('approve');
  });

  test('hands off or drops every tier-3 action, with the reason', () => {
    for (const action of ActionName.options.filter((name) => POLICY.actions[name].tier === 3)) {
      const ruling = decide(recommend({ action, target: 'ip-1' }), circumstances());
      expect(['hand-off', 'dropped'], action).toContain(ruling.disposition);
      expect(codes(ruling)).toContain('tier-3');
    }
  });

  test('hands off an unknown action, and names it in the reason', () => {
    const ruling = decide(recommend({ action: 'format_all_disks' }), circumstances());
    expect(ruling).toMatchObject({ disposition: 'hand-off', name: null });
    expect(ruling.reasons[0]?.text).toContain('format_all_disks');
  });
});

describe('the effective action', () => {
  test('treats a block or a watch of an address wider than one host as a range block', () => {
    const facts = addressFacts({ singleHost: known(false), cidr: known('0.0.0.0/0') });
    for (const action of ['block_ip_at_firewall', 'add_ip_to_watchlist']) {
      const ruling = decide(recommend({ action }), withTarget({ value: '0.0.0.0/0' }, facts));
      expect(ruling).toMatchObject({
        name: 'block_cidr_range',
        disposition: 'hand-off',
        effects: [],
      });
    }
  });

  test('treats a block as a range block when it is unknown whether the address is one host, and says so', () => {
    const ruling = decide(recommend(), circumstances({ facts: null }));
    expect(ruling.name).toBe('block_cidr_range');
    expect(ruling.reasons.map(({ text }) => text).join()).toContain('unknown whether');
  });

  const onAKey = (serviceAccount: Fact<boolean>) => {
    const key = { ...attacker, ref: 'key-1', kind: 'access-key' as const, value: 'AKIAEXAMPLE' };
    const identity = { ...ORDINARY_USER, serviceAccount };
    return decide(
      recommend({ action: 'revoke_api_key', target: 'key-1' }),
      circumstances({
        alert: alertWith({ entities: [key] }),
        facts: factsWith(factsAbout('key-1', { address: null, identity })),
      }),
    );
  };

  test('treats a key as the credential of a service account when it is or may be one', () => {
    for (const fact of [known(true), unknown('IAM did not answer')])
      expect(onAKey(fact)).toMatchObject({
        name: 'revoke_service_account_credential',
        disposition: 'hand-off',
      });
    expect(onAKey(known(false)).name).toBe('revoke_api_key');
  });

  test('takes the effective action from the table in policy', () => {
    const facts = addressFacts({ singleHost: known(false) });
    const effective = [
      {
        actions: ['block_ip_at_firewall' as const],
        when: 'wider-than-one-host' as const,
        becomes: 'isolate_production_host' as const,
        why: 'a table of another account',
      },
    ];
    const given = { ...withTarget({}, facts), policy: { ...POLICY, effective } };
    expect(decide(recommend(), given).name).toBe('isolate_production_host');
  });
});

describe('drills in a live account', () => {
  const watch = recommend({ action: 'add_ip_to_watchlist' });
  const days = (n: number) => new Date(NOW.getTime() + n * 86_400_000);
  const drill = DRILLED.get('waf.watch-address')!;
  const given = (change: Partial<Circumstances>) => decide(watch, circumstances(change));
  const withDrill = (change: Partial<typeof drill>) =>
    given({ drills: new Map([[drill.mechanism, { ...drill, ...change }]]) });

  test('P3: runs an action automatically when its drill is recent enough', () => {
    expect(given({}).disposition).toBe('auto');
    const now = days(POLICY.limits.drillMaxAgeDays);
    const alert = alertWith({ lastSeenAt: now.toISOString() });
    expect(given({ now, alert }).disposition).toBe('auto');
  });

  test.each([
    ['missing', given({ drills: new Map() }), 'has never been drilled'],
    ['failed', withDrill({ outcome: 'failed' }), 'failed its last drill'],
    [
      'of another version',
      withDrill({ version: drill.version + 1 }),
      `its version is now ${drill.version}`,
    ],
    ['too old', given({ now: days(POLICY.limits.drillMaxAgeDays + 1) }), 'policy allows 90 days'],
    ['from the future', withDrill({ at: days(2).toISOString() }), 'has a date in the future'],
  ])('P3: requests approval when the drill is %s', (_what, ruling, says) => {
    expect(ruling.disposition).toBe('approve');
    expect(ruling.reasons.find(({ code }) => code === 'not-drilled')?.text).toContain(says);
  });

  test('P3: requests approval for a ticket when its mechanism was never drilled', () => {
    const ticket = recommend({ action: 'create_alert_ticket', target: 'alert-1' });
    expect(decide(ticket, circumstances({ drills: new Map() })).disposition).toBe('approve');
  });

  test('observes an action without a drill in shadow mode', () => {
    const shadow = { policy: { ...POLICY, mode: 'shadow' as const }, drills: new Map() };
    expect(given(shadow).disposition).toBe('observe');
  });
});

describe('the place of the target', () => {
  test('lets the stack of the home region act on a key that was seen in another region', () => {
    const seen = at({ region: 'us-east-1' }, leakedKey);
    expect(onTheKey(POLICY, seen)).toMatchObject({
      disposition: 'approve',
      name: 'revoke_api_key',
    });
  });

  test('names the home region when another stack must act', () => {
    expect(
      revokes('us-east-1')
        .reasons.map(({ text }) => text)
        .join(),
    ).toContain('us-east-1');
  });

  test('still opens the ticket about an alert of another account and region', () => {
    const alert = at({ account: '999999999999', region: 'us-east-1' }, alertWith().entities[1]!);
    const ruling = decide(
      recommend({ action: 'create_alert_ticket', target: 'alert-1' }),
      circumstances({ alert: alertWith({ entities: [attacker, alert] }) }),
    );
    expect(ruling.disposition).toBe('auto');
  });

  test('does not take an address that was seen elsewhere for one of this account', () => {
    const facts = addressFacts({ ownedBy: unknown('it is elsewhere') });
    const ruling = decide(
      recommend(),
      withTarget({ place: { ...HERE, account: '999999999999' } }, facts),
    );
    expect(ruling.name).toBe('block_ip_at_firewall');
    expect(codes(ruling)).toEqual(['tier-2', 'other-account']);
  });
});
