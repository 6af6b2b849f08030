// What the gate decides about an effect that is in force or requested.
import { describe, expect, test } from 'vitest';
import { type InForce, known } from '../../functions/domain/facts.ts';
import { decide } from '../../functions/gate/decide.ts';
import { sharedKeyOf } from '../../functions/gate/effect-key.ts';
import type { ExistingAction } from '../../functions/gate/proposal.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  INCIDENT_ID,
  recommend,
} from '../fixtures/case.ts';
import { blockInForce, circumstances, codes, inForce } from './deciding.ts';

describe('a block that is in force', () => {
  const instance = {
    ...attacker,
    ref: 'instance-1',
    kind: 'instance' as const,
    part: 'target' as const,
  };
  const acls = (...ids: string[]) =>
    factsAbout('instance-1', {
      address: null,
      instance: {
        tags: known({}),
        forwards: known(false),
        interfaceIds: known([]),
        networkAcls: known(
          ids.map((networkAclId) => ({
            networkAclId,
            isDefault: false,
            vpcId: 'vpc-1',
            subnets: { ids: [], count: 0 },
            instances: { ids: [], count: 0 },
            otherInterfaces: 0,
            rules: { ingress: { ipv4: 2, ipv6: 0 }, egress: { ipv4: 2, ipv6: 0 } },
            optedIn: true,
          })),
        ),
      },
    });
  const onNetwork = alertWith({
    traffic: { layer: 'network', direction: 'inbound', localPort: 22, protocol: 'TCP' },
    entities: [attacker, instance],
  });
  const first = 'acl-0a1b2c3d4e5f60701';
  const second = 'acl-0a1b2c3d4e5f60702';
  const given = (ids: string[], there: InForce[] = []) =>
    circumstances({
      alert: onNetwork,
      facts: factsWith(
        factsAbout('ip-1', { history: { ...factsAbout('ip-1').history, inForce: known(there) } }),
        acls(...ids),
      ),
    });
  const other: ExistingAction = {
    incidentId: INCIDENT_ID,
    actionId: 'act-fedcba9876543210-1',
    state: 'in-force',
    until: '2026-11-24T09:00:00.000Z',
  };
  /** The ruling while another action has, or asks about, the block at the first ACL. */
  const joining = (change: Partial<ExistingAction>, ...ids: string[]) => {
    const about = given(ids);
    const mechanism = MECHANISMS.find(({ id }) => id === 'network.deny-address')!;
    const effect = { mechanism, parameters: { networkAclId: first, direction: 'ingress' } };
    const key = sharedKeyOf(about, attacker, effect)!;
    return decide(recommend(), {
      ...about,
      existingActions: new Map([[key, { ...other, ...change }]]),
    });
  };
  const withHistory = (there: InForce, ...ids: string[]) =>
    decide(recommend(), given(ids, [there]));
  const atFirst = inForce({
    mechanism: 'network.deny-address',
    parameters: { networkAclId: first, direction: 'ingress' },
  });

  test('joins the block that is in force at the same network ACL, and says when it ends', () => {
    const { disposition, reasons } = joining({}, first);
    expect(disposition).toBe('dropped');
    expect(reasons.at(-1)).toEqual({
      code: 'already-in-force',
      text: `Already in force until 09:00 UTC on 24 Nov 2026: this joins act-fedcba9876543210-1 of ${INCIDENT_ID}`,
    });
  });

  test('joins the request that is open for the same network ACL', () => {
    const { disposition, reasons } = joining({ state: 'asked' }, first);
    expect(disposition).toBe('dropped');
    expect(reasons.at(-1)?.text).toBe(
      `Already requested: this joins act-fedcba9876543210-1 of ${INCIDENT_ID}`,
    );
  });

  test('requests approval for two network ACLs while the block is in force at one of them', () => {
    expect(joining({}, first, second).disposition).toBe('approve');
  });

  test('requests approval for a block at the network while a block on the web is in force', () => {
    const ruling = withHistory(blockInForce, first);
    expect(ruling.disposition).toBe('approve');
    expect(codes(ruling)).not.toContain('may-be-in-force');
  });

  test('asks a person about a block that only the history of the address calls in force', () => {
    for (const there of [atFirst, inForce(null)]) {
      const ruling = withHistory(there, first);
      expect(ruling.disposition).toBe('approve');
      expect(codes(ruling)).toContain('may-be-in-force');
    }
  });
});
