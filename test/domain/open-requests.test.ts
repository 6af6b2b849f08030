// Which requests of an incident are open, and in which order people see them.
import { describe, expect, test } from 'vitest';
import type { Action } from '../../functions/domain/action.ts';
import { NEWS, raisedText } from '../../functions/domain/effect-state.ts';
import { openRequests, waitsFor } from '../../functions/domain/open-requests.ts';
import { append } from '../../functions/store/hash-chain.ts';
import { ana, ben, mei, minute, requestWith, waiting } from '../web/approval-pages.ts';

const request = (n: number, alertId: string, change: Partial<Action> = {}): Action =>
  waiting({ actionId: `act-0123456789abcdef-${n}`, alertId, ...change });
const alert = (alertId: string, severity: 'medium' | 'high') => ({ alertId, severity });
const numbersOf = (actions: readonly Action[]) =>
  actions.map(({ actionId }) => Number(actionId.split('-').at(-1)));

describe('the open requests of an incident', () => {
  test('are those that no one decided and whose time has not ended', () => {
    const expired = { approval: requestWith({ expiresAt: minute(1).toISOString() }) };
    const all = [
      request(1, 'al-1', { status: 'declined' }),
      request(2, 'al-1', expired),
      request(3, 'al-1'),
      request(4, 'al-1', { name: 'add_ip_to_watchlist' }),
    ];
    expect(numbersOf(openRequests(all, [], minute(1)))).toEqual([3, 4]);
  });

  test('begin with the most severe, and with the oldest of equally severe ones', () => {
    const all = [
      request(11, 'al-2'),
      request(2, 'al-1'),
      request(10, 'al-2'),
      request(9, 'al-2'),
      request(3, 'al-1', { createdAt: minute(-1).toISOString() }),
    ];
    const alerts = [alert('al-1', 'medium'), alert('al-2', 'high')];
    expect(numbersOf(openRequests(all, alerts, minute(1)))).toEqual([9, 10, 11, 3, 2]);
  });

  test('count a severity that was raised since the request', () => {
    const raised = request(2, 'al-1');
    const text = raisedText('medium', 'critical');
    const history = append(raised.actionId, [], { at: minute(1), by: 'gate', event: NEWS, text });
    const all = [request(1, 'al-2'), { ...raised, history }];
    const alerts = [alert('al-1', 'medium'), alert('al-2', 'high')];
    expect(numbersOf(openRequests(all, alerts, minute(2)))).toEqual([2, 1]);
  });
});

test('a request waits for each person who was asked or took it over, until they answer', () => {
  const vote = {
    verdict: 'approved',
    by: ana.id,
    at: minute(1).toISOString(),
    reason: '',
  } as const;
  const votes = [{ ...vote, durationMinutes: null, proof: null }];
  const handedTo = [{ to: mei, by: ana.id, at: minute(1).toISOString() }];
  const waitsIn = (change: Parameters<typeof requestWith>[0]) =>
    [ana, ben, mei].map(({ id }) => waitsFor({ approval: requestWith(change) }, id));
  expect(waitsIn({})).toEqual([true, true, false]);
  expect(waitsIn({ votes, handedTo })).toEqual([false, true, true]);
});
