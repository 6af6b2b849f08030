// 400 composed findings: deciding values reach the dossier, untrusted text not.
import { expect, test } from 'vitest';
import { visible } from '../../functions/domain/wording.ts';
import { shownOf } from '../../tools/dossier.ts';
import { pickFrom } from '../properties/placed-findings.ts';
import { dossierFrom } from './case.ts';
import { type Composed, composed } from './composed.ts';

const choose = pickFrom(20_261_130);
const pick = <T>(all: readonly T[]): T => choose(...(all as [T, ...T[]]));
const ALL: (Composed & { dossier: string; others: string })[] = Array.from({ length: 400 }, () => {
  const one = composed(pick);
  return { ...one, dossier: dossierFrom(one.finding), others: dossierFrom(one.bare) };
});

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

test('every value that decides is in the dossier, regardless of the text around it', () => {
  const lost = ALL.flatMap(({ decides, dossier, finding }) =>
    decides
      .filter(({ name, value }) => !new RegExp(`${name}[^\n]*${escaped(value)}`).test(dossier))
      .map(({ name, value }) => `${finding.type} ${name}=${value}`),
  );
  expect([...new Set(lost)]).toEqual([]);
});

/** Features name words of a fixed list alone. */
const withoutFeatures = (dossier: string) => dossier.replaceAll(/\[[^\]\n]*\]/g, '');

test('no hostile text and no secret is in the dossier', () => {
  const shown = ALL.flatMap(({ hostile, secrets, dossier, others, finding }) =>
    [
      ...hostile.filter((text) => shownOf(text, withoutFeatures(dossier), others) > 0),
      ...secrets.filter((text) => dossier.includes(text)),
    ].map((text) => `${finding.type}: ${text}`),
  );
  expect([...new Set(shown)]).toEqual([]);
});

test('less than 5 % of the untrusted text is in the dossier as it is', () => {
  const count = (of: (one: (typeof ALL)[number]) => number) =>
    ALL.reduce((sum, one) => sum + of(one), 0);
  const texts = ({ hostile, ordinary }: Composed) => [...hostile, ...ordinary].map(visible);
  const chosen = count((one) => texts(one).join('').length);
  const verbatim = count((one) =>
    texts(one).reduce((sum, text) => sum + shownOf(text, one.dossier, one.others), 0),
  );
  expect(verbatim / chosen).toBeLessThan(0.05);
});
