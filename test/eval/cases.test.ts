// Tests that every case is complete, and that no expectation changes unnoticed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { Facts } from '../../functions/domain/facts.ts';
import { prepared } from '../../tools/eval/alert.ts';
import { CASES, hashOf, readCases } from '../../tools/eval/cases.ts';

const { files, situations } = readCases();

describe('the cases', () => {
  test('are 78, numbered without a gap, and a third of them are benign', () => {
    const numbers = [...files.keys()].map((name) => Number(name.split('-')[0]));
    expect(numbers).toEqual(Array.from({ length: 78 }, (_, i) => i + 1));
    const benign = [...files.values()].filter(({ truth }) => truth === 'benign');
    expect(benign.length).toBeGreaterThanOrEqual(24);
  });

  test('have IDs of their own', () => {
    expect(new Set(situations.map(({ id }) => id)).size).toBe(situations.length);
  });

  test('name only entities that intake finds in the event', async () => {
    const missing: string[] = [];
    for (const situation of situations) {
      const { alert, facts } = await prepared(situation);
      Facts.parse(facts);
      const refs = new Set(alert.entities.map(({ ref }) => ref));
      const { ask, acceptable, never } = situation.expect;
      const named = [
        ...[...ask.flat(), ...acceptable, ...never].map((act) => act.split(' ')[1]),
        ...Object.keys(situation.facts ?? {}),
      ];
      for (const ref of named)
        if (ref && ref !== '*' && !refs.has(ref))
          missing.push(`${situation.id}: ${ref} of ${[...refs]}`);
    }
    expect(missing).toEqual([]);
  });

  test('read every field of a finding: the variants of a case differ from it', async () => {
    const bodies = new Map<string, string>();
    for (const situation of situations) {
      const { alert, facts } = await prepared(situation);
      const { alertId: _, findingId: __, ...rest } = alert;
      const text = JSON.stringify([{ ...rest, entities: rest.entities.slice(1) }, facts]);
      expect(bodies.get(text), situation.id).toBeUndefined();
      bodies.set(text, situation.id);
    }
  });

  test('expect what was written before the playbook, or a change with its reason', () => {
    const { frozen, changes } = parse(readFileSync(join(CASES, 'expectations.yaml'), 'utf8'));
    const expected = new Map<string, string>(Object.entries(frozen));
    for (const { case: name, hash, why } of changes) {
      expect(why.length).toBeGreaterThan(20);
      expected.set(name, hash);
    }
    expect(new Map([...files].map(([name, file]) => [name, hashOf(file)]))).toEqual(expected);
  });
});
