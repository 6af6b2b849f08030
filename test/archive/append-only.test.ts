// An old state that is put back lacks what was added since (P8).
import { describe, expect, test } from 'vitest';
import { descriptionFaults, removalsIn } from '../../functions/archive/append-only.ts';
import { faultsIn } from '../../functions/archive/change.ts';
import { withEntry } from '../../functions/store/hash-chain.ts';
import { NOW } from '../fixtures/case.ts';
import { executing, item } from './stored.ts';

const order = (n: number) => ({ kind: 'extend', by: 'ana.silva', at: `${n}`, proof: `proof-${n}` });
const vote = (by: string) => ({ verdict: 'approved', by, at: NOW.toISOString(), reason: '' });
const ten = Array.from({ length: 10 }, (_, n) => order(n));

describe('a write that removes nothing', () => {
  test.each([
    ['the first proof', { ruling: null }, { ruling: 'a' }],
    ['a proof that stays', { evidence: 'a' }, { evidence: 'a' }],
    ['a first order', {}, { orders: [order(1)] }],
    ['one more order', { orders: [order(1)] }, { orders: [order(1), order(2)] }],
    ['an eleventh order', { orders: ten }, { orders: [...ten.slice(1), order(10)] }],
    [
      'a second vote',
      { approval: { votes: [vote('a')] } },
      { approval: { votes: [vote('a'), vote('b')] } },
    ],
    ['a request', { approval: null }, { approval: { votes: [] } }],
  ])('finds no removal in a write that removes nothing: %s', (_, was, now) => {
    expect(removalsIn(was, now)).toEqual([]);
  });
});

describe('a write that puts back or replaces', () => {
  test.each([
    ['another ruling', { ruling: 'a' }, { ruling: 'b' }, 'ruling was replaced'],
    ['no evidence', { evidence: 'a' }, { evidence: null }, 'evidence was replaced'],
    [
      'the orders before an extension',
      { orders: [order(1), order(2)] },
      { orders: [order(1)] },
      'an earlier order is gone',
    ],
    ['no orders', { orders: [order(1)] }, {}, 'an earlier order is gone'],
    [
      'another order in its place',
      { orders: [order(1)] },
      { orders: [order(2)] },
      'an earlier order is gone',
    ],
    [
      'two orders less of ten',
      { orders: ten },
      { orders: ten.slice(2) },
      'an earlier order is gone',
    ],
    [
      'a request without its vote',
      { approval: { votes: [vote('a')] } },
      { approval: { votes: [] } },
      'an earlier vote is gone',
    ],
    [
      'no request',
      { approval: { votes: [vote('a')] } },
      { approval: null },
      'an earlier vote is gone',
    ],
  ])('finds the removal or replacement of a proof, vote or order: %s', (_, was, now, fault) => {
    expect(removalsIn(was, now)).toEqual([fault]);
  });

  test('a replaced proof is reported although its version and its history continue', () => {
    const key = { pk: item(executing).pk, sk: item(executing).sk };
    const before = { ...item(executing), record: { ...executing, evidence: 'the proof' } };
    const note = { at: NOW, by: 'execute', event: 'noted', text: '' };
    const back = withEntry(executing, note);
    expect(faultsIn(key, { before, after: item(back) })).toEqual(['evidence was replaced']);
  });
});

describe('the description that people read', () => {
  const was = { description: { headline: 'Block', manualUndo: 'a' }, history: [] };
  const then = (event: string, description: object | null) => ({
    description,
    history: [{ event }],
  });
  test('may get the commands for a manual undo when the action is executed', () => {
    const now = then('executing', { ...was.description, manualUndo: 'b' });
    expect(descriptionFaults(was, now)).toEqual([]);
    expect(descriptionFaults(was, then('told', was.description))).toEqual([]);
  });
  test.each([
    ['with other commands after the execution', 'told', { ...was.description, manualUndo: 'b' }],
    ['with another headline', 'executing', { ...was.description, headline: 'Watch' }],
    ['without its text', 'told', null],
  ])('is reported %s', (_, event, description) => {
    expect(descriptionFaults(was, then(event, description))).toEqual([
      'the description was changed',
    ]);
  });
});
