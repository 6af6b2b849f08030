// The right place (P11): 10,000 findings over 4 regions and 3 accounts.
import { expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { informs } from '../../functions/domain/action-catalog.ts';
import type { Entity } from '../../functions/domain/alert.ts';
import { type EntityFacts, type Facts, known } from '../../functions/domain/facts.ts';
import type { Place } from '../../functions/domain/place.ts';
import { isIdentity } from '../../functions/domain/service-account.ts';
import { compose } from '../../functions/gate/compose.ts';
import { decide } from '../../functions/gate/decide.ts';
import type { Circumstances } from '../../functions/gate/proposal.ts';
import { effectsOf } from '../../functions/mechanisms/registry.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { ALERT_ID, DRILLED, factsAbout, INCIDENT_ID, NOW, POLICY } from '../fixtures/case.ts';
import { alertOf } from '../intake/events.ts';
import {
  ACCOUNTS,
  caseOf,
  HOME,
  pickFrom,
  STACKS,
  samePlace,
  stackFor,
} from './placed-findings.ts';

/** Nothing in the facts keeps an action from running. */
const factsOf = ({ ref, kind }: Entity): EntityFacts =>
  factsAbout(ref, {
    address: kind === 'ip' ? factsAbout(ref).address : null,
    instance:
      kind === 'instance'
        ? {
            networkAcls: known([]),
            tags: known({}),
            forwards: known(false),
            interfaceIds: known([]),
          }
        : null,
    lambda: kind === 'function' ? { tags: known({}) } : null,
    identity: isIdentity({ kind })
      ? {
          ...{ serviceAccount: known(false), tags: known({}), groups: known([]) },
          ...{ consoleAccess: known(false), mfa: known(false), lastUsed: known(null) },
          ...{ status: known('Active'), createdAt: known(NOW.toISOString()) },
        }
      : null,
  });

const mayAct = ({ disposition }: Pick<Action, 'disposition'>) =>
  disposition === 'auto' || disposition === 'approve';

const POLICIES = new Map(
  ACCOUNTS.map((account) => [account, { ...POLICY, account, homeRegion: HOME }] as const),
);

/** What the stack would do about the alert, without notifying people. */
function actsOf(alert: Circumstances['alert'], here: Place): Action[] {
  const facts: Facts = {
    ...{ readAt: NOW.toISOString(), calendar: known('none') },
    entities: alert.entities.map(factsOf),
  };
  const circumstances: Circumstances = {
    ...{ alert, facts, here, generation: 1, switchMode: 'run', drills: DRILLED, now: NOW },
    policy: POLICIES.get(here.account) ?? POLICY,
    ...{
      existingActions: new Map(),
      effectsOf,
      findingState: 'active' as const,
      isAlertProven: true,
    },
  };
  return judge({ alert }).recommendations.flatMap((recommendation) => {
    const ruling = decide(recommendation, circumstances);
    if (!mayAct(ruling)) return [];
    const ids = { incidentId: INCIDENT_ID, alertId: ALERT_ID, actionId: 'act-0123456789abcdef-1' };
    const effect = ruling.effects[0] ?? null;
    const proposed = { recommendation, ruling, effect, inputs: 'a'.repeat(64), approval: null };
    return [compose(ids, circumstances, proposed, NOW)];
  });
}

test('P11: only the stack of the target’s place acts on each of 10,000 findings', () => {
  const pick = pickFrom(20_261_129);
  const wrong: unknown[] = [];
  let acts = 0;
  for (let index = 0; index < 10_000; index++) {
    const one = caseOf(pick, index);
    const alert = {
      ...alertOf(one.event),
      alertId: ALERT_ID,
      news: [],
      causedBy: null,
      generation: 1,
      proof: null,
    };
    const likely = [one.resource, { ...one.caller, region: HOME }, pick(...(STACKS as [Place]))];
    for (const here of likely)
      for (const { name, target, account, region } of actsOf(alert, here)) {
        const isRight = informs(name) || (target && samePlace(here, stackFor(one, target)));
        if (!informs(name)) acts++;
        if (!isRight || !samePlace({ account, region }, here))
          wrong.push({ event: one.event, here, name, target, account, region });
      }
  }
  expect(wrong.slice(0, 3)).toEqual([]);
  // The generator must not be so careless that nothing ever acts.
  expect(acts).toBeGreaterThan(5_000);
}, 240_000);
