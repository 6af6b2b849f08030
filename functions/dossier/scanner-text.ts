// What a dossier says about the scanners that policy declares.
import { type EntityFacts, scannerIn } from '../domain/facts.ts';
import { ownText } from './values.ts';

/** In the line of an entity: the name that policy gives the scanner, and how the entity was recognised. */
export function scannerText(facts: EntityFacts): string[] {
  const scanner = scannerIn(facts);
  if (!scanner) return [];
  const { id, until, by } = scanner;
  return [`declared scanner ${id} until ${until}${by ? ` by its ${by.kind}` : ''}`];
}

/** In the context: each scanner once, with its owner and reason, about the entities where it is declared. */
export function scannerLines(facts: readonly EntityFacts[]): { text: string; refs: string[] }[] {
  const found = facts.flatMap((one) => {
    const scanner = scannerIn(one);
    return scanner ? [{ ref: one.ref, scanner }] : [];
  });
  const byId = Map.groupBy(found, ({ scanner }) => scanner.id);
  return [...new Map(found.map(({ scanner }) => [scanner.id, scanner])).values()].map(
    ({ id, owner, why }) => ({
      text: `declared scanner ${id} of ${ownText(owner)}: ${ownText(why)}; it explains probes, not a success`,
      refs: (byId.get(id) ?? []).map(({ ref }) => ref),
    }),
  );
}
