// The action catalog: every answer is required, and policy agrees with it.
import { describe, expect, test } from 'vitest';
import {
  ACTIONS,
  ActionName,
  type ActionProperties,
  changesOf,
  targetKindsOf,
} from '../../functions/domain/action-catalog.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';

/** A new action with every answer. */
const complete = {
  kind: 'changes',
  targets: { function: 'It has no function URL' },
  cutsOff: true,
  quiet: false,
  dependsOn: null,
  afterUndo: null,
} as const satisfies ActionProperties;

describe('a new action', () => {
  const { cutsOff, quiet, dependsOn, afterUndo, targets, ...rest } = complete;

  test('does not compile while a property of a new action is missing', () => {
    // @ts-expect-error -- targets
    const a: ActionProperties = { ...rest, cutsOff, quiet, dependsOn, afterUndo };
    // @ts-expect-error -- cutsOff
    const b: ActionProperties = { ...rest, targets, quiet, dependsOn, afterUndo };
    // @ts-expect-error -- quiet
    const c: ActionProperties = { ...rest, targets, cutsOff, dependsOn, afterUndo };
    // @ts-expect-error -- dependsOn
    const d: ActionProperties = { ...rest, targets, cutsOff, quiet, afterUndo };
    // @ts-expect-error -- afterUndo
    const f: ActionProperties = { ...rest, targets, cutsOff, quiet, dependsOn };
    // @ts-expect-error -- ifUnanswered
    const g: ActionProperties = { kind: 'informs', targets: { alert: 'No channel' } };
    // @ts-expect-error -- an alert is not a target of a change
    const h: ActionProperties = { ...complete, targets: { alert: 'No channel' } };
    expect([a, b, c, d, f, g, h]).toHaveLength(7);
  });
});

const { actions } = loadPolicy(POLICIES, 'example');

test.each(ActionName.options)('policy gives %s the target kinds of the catalog', (name) => {
  expect([...actions[name].targetKinds].sort()).toEqual([...targetKindsOf(name)].sort());
});

test.each(Object.entries(ACTIONS))(
  'policy and the catalog agree on who carries out %s',
  (name, { kind }) => {
    const { tier } = actions[name as keyof typeof ACTIONS];
    expect(tier === 3).toBe(kind === 'manual');
    expect(MECHANISMS.some(({ action }) => action === name)).toBe(kind !== 'manual');
  },
);

test('five actions cut off access, so that an alert about its absence may be self-inflicted', () => {
  const cutting = ActionName.options.filter((name) => changesOf(name)?.cutsOff);
  expect(cutting).toEqual([
    'quarantine_email',
    'block_ip_at_firewall',
    'disable_user_account_temporarily',
    'revoke_api_key',
    'disable_function_url',
  ]);
});

test('three actions run without notifying anyone', () => {
  const quiet = ActionName.options.filter((name) => changesOf(name)?.quiet);
  expect(quiet).toEqual(['add_ip_to_watchlist', 'increase_logging_verbosity', 'quarantine_email']);
});

test('only a revoked key leaves work for a person after its undo', () => {
  const work = ActionName.options.filter((name) => changesOf(name)?.afterUndo);
  expect(work).toEqual(['revoke_api_key']);
});
