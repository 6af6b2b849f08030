// Proofs of one kind, action and key are worth nothing elsewhere.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identityOf, type Order, prove, proven } from '../../functions/authority/claims.ts';
import { endOf, readEnd } from '../../functions/authority/end.ts';
import { describes, readRuling, rulingOf, withRuling } from '../../functions/authority/rulings.ts';
import { unprovenIn } from '../../functions/authority/unproven.ts';
import { minutesAfter } from '../../functions/domain/time.ts';
import { createMac } from '../../local/mac.ts';
import { toyAction } from '../execute/toy.ts';
import { NOW } from '../fixtures/case.ts';
import { KEYS, orderOn, PROOF_KEYS, signed } from '../fixtures/proofs.ts';
import { inForce, waiting } from '../web/approval-pages.ts';

const at = (minutes: number) => minutesAfter(NOW, minutes);

describe('a proof', () => {
  const claims = { ...identityOf(toyAction()), kind: 'keep', by: 'ana.silva', at: at(0) } as const;

  test('is read back as the claims that were signed', async () => {
    expect(await proven(KEYS.votes, 'order', await prove(KEYS.votes, 'order', claims))).toEqual(
      claims,
    );
  });

  test('is invalid as another kind, under another key and in every changed form', async () => {
    const proof = await prove(KEYS.votes, 'order', claims);
    expect(await proven(KEYS.votes, 'vote', proof)).toBeNull();
    expect(await proven(KEYS.rulings, 'order', proof)).toBeNull();
    for (const changed of [null, '', proof.slice(1), `${proof}A`, proof.replace('.', '')])
      expect(await proven(KEYS.votes, 'order', changed)).toBeNull();
  });

  test('stays valid after one rotation of its key, and not after two', async () => {
    const proof = await prove(KEYS.votes, 'order', claims);
    const [second, third] = [new Uint8Array(32).fill(31), new Uint8Array(32).fill(32)];
    expect(await proven(createMac(second, PROOF_KEYS.votes), 'order', proof)).toEqual(claims);
    expect(await proven(createMac(third, second), 'order', proof)).toBeNull();
  });

  test('of a ruling is worth nothing on another action or disposition', async () => {
    const ruled = await withRuling(KEYS.rulings, waiting());
    expect(await readRuling(KEYS.rulings, ruled)).not.toBeNull();
    for (const change of [
      { actionId: 'act-0123456789abcdef-9' },
      { digest: 'f'.repeat(64) },
      { disposition: 'auto' as const },
    ])
      expect(await readRuling(KEYS.rulings, { ...ruled, ...change })).toBeNull();
  });

  test('of a ruling is worth nothing when the target is described as another person', async () => {
    const ruled = await withRuling(KEYS.rulings, waiting());
    const target = { ...ruled.target!, attributes: { userName: 'someone.else' } };
    expect(await readRuling(KEYS.rulings, { ...ruled, target })).toBeNull();
  });

  test('of a ruling of an earlier version stays valid without the attributes', async () => {
    const action = waiting();
    const { attributes: _, ...earlier } = rulingOf(action, 'approve');
    const ruling = await prove(KEYS.rulings, 'ruling', earlier);
    expect(await readRuling(KEYS.rulings, { ...action, ruling })).toEqual(earlier);
  });

  test('of a ruling does not cover another description', async () => {
    const ruled = await withRuling(KEYS.rulings, waiting());
    const ruling = (await readRuling(KEYS.rulings, ruled))!;
    expect(describes(ruling, ruled)).toBe(true);
    const description = { ...ruled.description!, headline: 'Something harmless' };
    expect(describes(ruling, { description })).toBe(false);
  });
});

describe('the end of an action', () => {
  const order = (kind: Order['kind'], minutes: number, dueAt = at(minutes + 60)): Order => {
    const common = { ...identityOf(toyAction()), by: 'ana.silva', at: at(minutes) };
    if (kind === 'extend') return { kind, ...common, dueAt };
    return kind === 'ask-anew'
      ? { kind, ...common, next: 'act-0123456789abcdef-1r1' }
      : { kind, ...common };
  };

  test.each<[string, Order[], object]>([
    ['its evidence', [], { dueAt: at(60), undoneBy: null }],
    [
      'a later due time after an extension',
      [order('extend', 30)],
      { dueAt: at(90), undoneBy: null },
    ],
    ['no due time once it is kept', [order('keep', 30)], { dueAt: null, undoneBy: null }],
    ['the order to undo it', [order('undo', 30)], { dueAt: at(60), undoneBy: 'ana.silva' }],
    [
      'a keep after a failed undo',
      [order('undo', 30), order('keep', 40)],
      { dueAt: null, undoneBy: null },
    ],
    [
      'an undo after a keep',
      [order('keep', 30), order('undo', 40)],
      { dueAt: null, undoneBy: 'ana.silva' },
    ],
  ])('follows from %s', (_, orders, end) => {
    expect(endOf({ dueAt: at(60) }, orders)).toEqual(end);
  });

  test('does not depend on the order in which a record lists them, and no extension moves it forward', () => {
    const kinds = fc.constantFrom<Order['kind'][]>('keep', 'extend', 'undo');
    const orders = fc.uniqueArray(fc.tuple(kinds, fc.integer({ min: 0, max: 59 })), {
      selector: ([, minute]) => minute,
      maxLength: 6,
    });
    fc.assert(
      fc.property(orders, fc.func(fc.integer()), (given, rank) => {
        const made = given.map(([kind, minute]) => order(kind, minute, at(minute)));
        const shuffled = [...made].sort((a, b) => rank(a.at) - rank(b.at));
        const end = endOf({ dueAt: at(60) }, shuffled);
        expect(end).toEqual(endOf({ dueAt: at(60) }, made));
        if (end.dueAt !== null) expect(end.dueAt).toBe(at(60));
      }),
    );
  });

  test('ignores orders on other actions and orders without proof', async () => {
    const action = inForce();
    const other = inForce({ actionId: 'act-0123456789abcdef-9' });
    const keep = { kind: 'keep', by: 'ana.silva', at: NOW } as const;
    for (const planted of [orderOn(other, keep), { ...orderOn(action, keep), proof: 'x.y' }])
      expect((await readEnd(KEYS, { ...action, orders: [planted] })).dueAt).toBe(action.dueAt);
    expect((await readEnd(KEYS, { ...action, orders: [orderOn(action, keep)] })).dueAt).toBeNull();
  });
});

describe('what the archive finds without proof', () => {
  test('is nothing in genuine records, and in those of earlier versions', async () => {
    const earlier = { ...inForce(), ruling: null, evidence: null };
    for (const action of [toyAction(), waiting(), inForce(), earlier])
      expect(await unprovenIn(KEYS, action)).toEqual([]);
  });

  test.each<[string, () => ReturnType<typeof toyAction>, string]>([
    ['a ruling', () => ({ ...waiting(), ruling: 'x.y' }), 'nothing proves the decision'],
    [
      'votes',
      () => ({ ...inForce(), approval: { ...inForce().approval!, votes: [] } }),
      '0 of 1 approvals are proven',
    ],
    ['evidence', () => ({ ...inForce(), evidence: null }), 'nothing proves the captured state'],
    [
      'the captured state',
      () => ({ ...inForce(), before: { present: true } }),
      'the captured state was changed',
    ],
    ['the due time', () => ({ ...inForce(), dueAt: at(5) }), 'nothing proves the due time'],
    [
      'the keep',
      () => ({ ...signed(inForce()), status: 'kept', dueAt: null }),
      'nothing proves that it is kept',
    ],
  ])('is a record whose proof of %s is missing or changed', async (_, planted, fault) => {
    expect(await unprovenIn(KEYS, planted())).toContain(fault);
  });
});
