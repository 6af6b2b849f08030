// What a dossier says about the scanners that policy declares.
import { type EntityFacts, scannerIn } from '../domain/facts.ts';
import { ownText } from './values.ts';

/** In the line of an entity: the name that policy gives the scanner, and how the entity was recognized. */
export function scannerText(facts: EntityFacts): string[] {
  const scanner = scannerIn(facts);
  if (!scanner) return [];
  const { id, until, by } = scanner;
  return [`declared scanner ${id} until ${until}${by ? ` by its ${by.kind}` : ''}`];
}

/** In the context: each scanner once, with its owner and reason. */
export function scannerLines(facts: readonly EntityFacts[]): string[] {
  const scanners = facts.flatMap((one) => scannerIn(one) ?? []);
  return [...new Map(scanners.map((one) => [one.id, one])).values()].map(
    ({ id, owner, why }) =>
      `declared scanner ${id} of ${ownText(owner)}: ${ownText(why)}; it explains probes, not a success`,
  );
}
