// The playbook's table: a row for every active type of GuardDuty.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changesOf } from '../../functions/domain/action-catalog.ts';
import type { Alert } from '../../functions/domain/alert.ts';
import type { Opinion } from '../../functions/domain/assessment.ts';
import { judge } from '../../functions/playbook/playbook.ts';
import { signsOf } from '../../functions/playbook/signs.ts';
import { guideOf, rowOf, rows } from '../../functions/playbook/types.ts';
import { normalise } from '../../functions/sources/normalise.ts';
import { unwrap } from '../../functions/sources/unwrap.ts';
import { guardDutyEvent } from '../../tools/eval/findings/guardduty.ts';
import { alertWith } from '../fixtures/case.ts';
import { documentedShapes, SEVERITIES } from './documented-shapes.ts';

const ACTIVE = readFileSync(join(import.meta.dirname, 'active-types.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'));

const alertOf = (finding: Parameters<typeof guardDutyEvent>[1]): Alert => {
  const [found] = unwrap(JSON.stringify(guardDutyEvent('a', finding, new Date(0))));
  if (!found || 'error' in found) throw new Error('expected a finding');
  return alertWith(normalise(found));
};
const opinionOn = (alert: Alert): Opinion => judge({ alert, signs: signsOf(alert, null) });
/** Requests and hand-offs: everything that changes something and is not harmless. */
const contained = ({ recommendations }: Opinion): string[] =>
  recommendations
    .filter(({ target }) => target !== 'alert-1')
    .filter(({ action }) => changesOf(action as never)?.cutsOff ?? !action.startsWith('increase'))
    .filter(({ action }) => action !== 'add_ip_to_watchlist')
    .map(({ action, target }) => `${action} ${target}`);

test('has a row with a family and a page of guidance for each of the 204 active types, and no other', () => {
  expect(ACTIVE).toHaveLength(204);
  expect(
    rows()
      .map(({ type }) => type)
      .toSorted(),
  ).toEqual(ACTIVE.toSorted());
  expect(ACTIVE.filter((type) => guideOf(type) === null)).toEqual([]);
});

const shapes = ACTIVE.flatMap((type) =>
  documentedShapes(type).map((shape) => [`${type} (${shape.name})`, shape] as const),
);

describe('in the documented shape of each type', () => {
  test('a high or critical alert ends in containment or a runbook', () => {
    const without = shapes
      .filter(([, { type }]) => ['High', 'Critical'].includes(rowOf(type)?.severity ?? ''))
      .filter(([, { type, finding }]) => {
        const severity = SEVERITIES[rowOf(type)?.severity ?? ''] ?? 8;
        return contained(opinionOn(alertOf({ ...finding, severity }))).length === 0;
      });
    expect(without.map(([name]) => name)).toEqual([]);
  });

  test('a low alert requests nothing, except when the root user changes something', () => {
    const asking = shapes
      .map(([name, { finding }]) => [name, alertOf({ ...finding, severity: 2 })] as const)
      .filter(([, alert]) => contained(opinionOn(alert)).length > 0);
    expect(asking.filter(([name]) => !name.includes('Root')).map(([name]) => name)).toEqual([]);
  });

  test('no alert watches an address whose traffic passes no web ACL', () => {
    const watched = shapes.filter(([, { finding }]) => {
      const alert = alertOf({ ...finding, severity: 8 });
      const isSeen = alert.traffic.layer === 'web' || alert.traffic.layer === 'unknown';
      return (
        !isSeen &&
        opinionOn(alert).recommendations.some(({ action }) => action === 'add_ip_to_watchlist')
      );
    });
    expect(watched.map(([name]) => name)).toEqual([]);
  });

  test('a high alert about a role ends the sessions of the role, and leaves users and keys alone', () => {
    const wrong = shapes
      .filter(([name]) => name.endsWith('(role)'))
      .filter(([, { type }]) => rowOf(type)?.severity === 'High')
      .filter(([, { finding }]) => {
        const acts = contained(opinionOn(alertOf({ ...finding, severity: 8 })));
        return (
          !acts.some((act) => act.endsWith('role-1')) || acts.some((act) => /user-|key-/.test(act))
        );
      });
    expect(wrong.map(([name]) => name)).toEqual([]);
  });
});
