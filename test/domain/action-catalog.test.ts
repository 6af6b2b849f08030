// The action catalog: every answer is required, and policy agrees with it.

import { describe, expect, test } from 'vitest';
import {
  ACTIONS,
  ActionName,
  changesOf,
  targetKindsOf,
} from '../../functions/domain/action-catalog.ts';
import type { ActionProperties } from '../../functions/domain/action-properties.ts';
import { MECHANISMS } from '../../functions/mechanisms/registry.ts';
import { loadPolicy, POLICIES } from '../../functions/policy/load.ts';

/** A new action with every answer. */
const complete = {
  kind: 'changes',
  headline: (target) => `Stop ${target}`,
  inPlaybook: false,
  targets: { function: 'It has no function URL' },
  cutsOff: true,
  quiet: false,
  dependsOn: null,
  afterUndo: null,
} as const satisfies ActionProperties;

describe('a new action', () => {
  const { cutsOff, quiet, dependsOn, afterUndo, targets, ...rest } = complete;
  const { headline, inPlaybook } = complete;

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
    const g: ActionProperties = { kind: 'informs', headline, targets: { alert: 'No channel' } };
    // @ts-expect-error -- an alert is not a target of a change
    const h: ActionProperties = { ...complete, targets: { alert: 'No channel' } };
    // @ts-expect-error -- headline
    const i: ActionProperties = { kind: 'manual', inPlaybook, targets: ['ip'] };
    // @ts-expect-error -- inPlaybook
    const j: ActionProperties = { kind: 'manual', headline, targets: ['ip'] };
    expect([a, b, c, d, f, g, h, i, j]).toHaveLength(9);
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

/** What the rules about cascades, notifications and rotation rely on. */
test.each([
  ['add_ip_to_watchlist', { cutsOff: false, quiet: true, afterUndo: null }],
  ['increase_logging_verbosity', { cutsOff: false, quiet: true, afterUndo: null }],
  ['quarantine_email', { cutsOff: true, quiet: true, afterUndo: null }],
  ['block_ip_at_firewall', { cutsOff: true, quiet: false, afterUndo: null }],
  ['disable_user_account_temporarily', { cutsOff: true, quiet: false, afterUndo: null }],
  ['revoke_api_key', { cutsOff: true, quiet: false, afterUndo: 'rotate-key' }],
  ['disable_function_url', { cutsOff: true, quiet: false, afterUndo: null }],
] as const)('%s has the properties that the rules rely on', (name, properties) => {
  expect(changesOf(name)).toMatchObject(properties);
});
