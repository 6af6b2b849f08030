// Circumstances of a decision, and decisions about common targets.
import type { Entity } from '../../functions/domain/alert.ts';
import { type IdentityFacts, type InForce, known } from '../../functions/domain/facts.ts';
import type { Place } from '../../functions/domain/place.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import type { Policy } from '../../functions/policy/policy.ts';
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

export const circumstances = (change: Partial<Circumstances> = {}): Circumstances => ({
  alert: alertWith(),
  facts: factsWith(),
  policy: POLICY,
  here: HERE,
  generation: 1,
  switchMode: 'run',
  drills: DRILLED,
  now: NOW,
  effectsOf,
  existingActions: new Map(),
  isAlertProven: true,
  findingState: 'active' as const,
  ...change,
});
export const ORDINARY_USER: IdentityFacts = {
  serviceAccount: known(false),
  tags: known({}),
  groups: known([]),
  consoleAccess: known(false),
  mfa: known(false),
  lastUsed: known(null),
  status: known('Active'),
  createdAt: known('2024-01-01T00:00:00.000Z'),
};
export const codes = ({ reasons }: { reasons: { code: string }[] }) =>
  reasons.map(({ code }) => code);
export const withTarget = (change: Partial<typeof attacker>, facts = factsAbout('ip-1')) =>
  circumstances({
    alert: alertWith({ entities: [{ ...attacker, ...change }] }),
    facts: factsWith(facts),
  });
export const inForce = (effect: InForce['effect']): InForce => ({
  name: 'block_ip_at_firewall',
  actionId: 'act-x',
  effect,
});
export const blockInForce = inForce({ mechanism: 'waf.block-address', parameters: {} });
export const addressFacts = (change: object) =>
  factsAbout('ip-1', { address: { ...factsAbout('ip-1').address!, ...change } });
export const at = (change: Partial<Place>, entity: Entity): Entity => ({
  ...entity,
  place: { ...HERE, ...change },
});
export const aboutTheFunction = (entity: Entity, change: Partial<Circumstances> = {}) =>
  circumstances({
    alert: alertWith({ entities: [attacker, entity] }),
    facts: factsWith(factsAbout('function-1', { address: null })),
    ...change,
  });
export const logs = (entity: Entity) =>
  decide(
    recommend({ action: 'increase_logging_verbosity', target: 'function-1' }),
    aboutTheFunction(entity),
  );
export const onTheKey = (policy: Policy, entity = leakedKey) =>
  decide(
    recommend({ action: 'revoke_api_key', target: 'key-1' }),
    circumstances({
      policy,
      alert: alertWith({ entities: [entity] }),
      facts: factsWith(factsAbout('key-1', { address: null, identity: ORDINARY_USER })),
    }),
  );
export const revokes = (homeRegion: string | null) => onTheKey({ ...POLICY, homeRegion });
