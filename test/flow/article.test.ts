// The risks and failure modes of automated response, end to end.
import { afterEach, describe, expect, test } from 'vitest';
import type { Analyst } from '../../functions/analyse/brief.ts';
import type { Recommendation } from '../../functions/domain/assessment.ts';
import { POLICY, recommend } from '../fixtures/case.ts';
import { citing } from '../fixtures/citing.ts';
import { alertAbout, attacker, type Named } from './generic-alert.ts';
import { createWorld, sample, type World } from './world.ts';

/** A model that returns the same recommendations with full confidence for every alert. */
const insisting = (...recommendations: Partial<Recommendation>[]): Analyst =>
  citing({
    origin: 'anthropic',
    model: 'a-model',
    judge: async () => ({
      verdict: 'malicious',
      summary: 'Beyond doubt.',
      recommendations: recommendations.map((one) => recommend({ confidence: 100, ...one })),
    }),
  });

let world: World;
afterEach(() => world.stop());
const byName = async (name: string) => (await world.actions()).filter((one) => one.name === name);
const codes = async (name: string) =>
  (await byName(name)).flatMap(({ reasons }) => reasons.map(({ code }) => code));

describe('risks of automated response', () => {
  test('risk 1: hands off the isolation of a production host even at full confidence', async () => {
    world = await createWorld({
      analyst: insisting({ action: 'isolate_production_host', target: 'instance-1' }),
    });
    await world.deliver(sample('mining'));
    const [isolation] = await byName('isolate_production_host');
    expect(isolation).toMatchObject({ status: 'handed-off', scope: null, mechanism: null });
    expect(world.subjectsTo('ana.silva').at(-1)).toContain('You decide whether to ');
  });

  test('risk 2: takes no automatic action against a service account during its planned work', async () => {
    world = await createWorld({
      analyst: insisting(
        { action: 'revoke_api_key', target: 'key-1' },
        { action: 'add_ip_to_watchlist', target: 'ip-1' },
      ),
    });
    await world.deliver(
      alertAbout('night', 'CredentialAbuse:Key/UnusualHour', [
        { kind: 'access-key', value: 'AKIASERVICE7EXAMPLE', part: 'actor' },
        { kind: 'iam-user', value: 'nightly-export', part: 'actor' },
        attacker('203.0.113.40'),
      ]),
    );
    expect(await codes('revoke_service_account_credential')).toContain(
      'counts-as-revoke-service-account-credential',
    );
    expect(await codes('add_ip_to_watchlist')).toContain('planned-work');
    expect(world.watched()).toEqual([]);
    expect((await world.actions()).map(({ status }) => status)).not.toContain('in-force');
  });

  test("risk 3: hands off a block of the NAT gateway's address", async () => {
    world = await createWorld({ analyst: insisting({ target: 'ip-1' }) });
    await world.deliver(alertAbout('nat', 'Scan:Web/Probe', [attacker('203.0.113.250')]));
    const [isolation] = await byName('isolate_production_host');
    expect(isolation?.status).toBe('handed-off');
    expect(isolation?.reasons.map(({ text }) => text).join()).toContain('nat gateway');
    expect(world.blocked()).toEqual([]);
  });

  test('risk 4: takes no action on a monitoring gap that our own action caused', async () => {
    world = await createWorld({
      analyst: insisting({ action: 'disable_user_account_temporarily', target: 'user-1' }),
    });
    const user = (part: string): Named => ({ kind: 'iam-user', value: 'report-export', part });
    await world.deliver(alertAbout('theft', 'CredentialAbuse:User/Theft', [user('actor')]));
    await world.approve('ana.silva');
    expect((await world.action('disable_user_account_temporarily')).status).toBe('in-force');

    await world.deliver(
      alertAbout('gap', 'MonitoringGap:Agent/NoData', [user('related'), attacker('203.0.113.41')]),
    );
    const [incident, ...others] = await world.incidents();
    expect(others).toEqual([]);
    expect(incident?.alerts.at(-1)).toMatchObject({
      generation: 2,
      causedBy: { why: expect.any(String) },
    });
    const ofTheGap = (await world.actions()).filter(
      ({ alertId }) => alertId === incident?.alerts.at(-1)?.alertId,
    );
    expect(ofTheGap.map(({ status }) => status)).not.toContain('in-force');
    const team = world.runtime.inbox().filter(({ message }) => message.to.kind === 'team');
    expect(team.at(-1)?.message.subject ?? '').toMatch(
      /^Consider undoing: |^Could not |^Not done: /,
    );
  });
});

describe('failure modes of automated response', () => {
  test('executes nothing when an approval times out, opens a ticket and notifies everyone on the escalation policy', async () => {
    world = await createWorld({ analyst: insisting({ target: 'ip-1' }) });
    await world.deliver(alertAbout('slow', 'Scan:Web/Probe', [attacker('203.0.113.42')]));
    await world.pass(16);
    expect((await world.action('block_ip_at_firewall')).status).toBe('expired');
    expect((await world.incidents())[0]?.outcome).toBe('recommended-not-executed');
    expect(world.runtime.tickets().length).toBeGreaterThan(0);
    for (const person of ['ana.silva', 'ben.okafor', 'mei.tanaka'])
      expect(world.subjectsTo(person).at(-1)).toContain('Not approved in time');
  });

  test('says in the reminder that the attack may continue when it was seen again', async () => {
    world = await createWorld({ analyst: insisting({ target: 'ip-1' }) });
    const again = (id: string) => alertAbout(id, 'Scan:Web/Probe', [attacker('203.0.113.43')]);
    await world.deliver(again('first'));
    await world.approve('ana.silva');
    await world.pass(1);
    await world.deliver(again('second'));
    await world.pass(3);
    const reminder = world.runtime
      .inbox()
      .findLast(({ message }) => /; it is undone at /.test(message.subject));
    expect(reminder?.message.paragraphs.join()).toContain('The activity may continue.');
  });

  test('keeps automatic actions within the limit per incident in a flood of 40 alerts', {
    timeout: 120_000,
  }, async () => {
    world = await createWorld({
      analyst: insisting({ action: 'add_ip_to_watchlist', target: 'ip-1' }),
    });
    for (let i = 0; i < 40; i++)
      await world.runtime.accept(
        JSON.stringify(
          alertAbout(`flood-${i}`, 'Scan:Web/Probe', [
            attacker(`203.0.113.${i + 1}`),
            { kind: 'resource', value: 'shop', part: 'target' },
          ]),
        ),
      );
    await world.runtime.engine.quiet();
    const actions = await world.actions();
    const watched = actions.filter(({ name }) => name === 'add_ip_to_watchlist');
    const applied = watched.filter(({ appliedAt }) => appliedAt !== null);
    expect(applied.length).toBeLessThanOrEqual(POLICY.limits.automaticPerMinute.perIncident);
    expect(watched.map(({ status }) => status)).not.toContain('awaiting-approval');
    expect(world.runtime.tickets()).toHaveLength(1);
    expect((await world.incidents()).flatMap(({ alerts }) => alerts)).toHaveLength(40);
  });

  test('hands off the block of a range that was recommended as the block of one address', async () => {
    world = await createWorld({ analyst: insisting({ target: 'ip-1' }) });
    await world.deliver(alertAbout('wide', 'Scan:Web/Probe', [attacker('203.0.113.0/24')]));
    const [range] = await byName('block_cidr_range');
    expect(range).toMatchObject({ status: 'handed-off' });
    expect(range?.recommendation.action).toBe('block_ip_at_firewall');
    expect(world.blocked()).toEqual([]);
  });
});
