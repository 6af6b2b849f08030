// Turns a delivered finding of any source into an alert. Pure.
import type { Reported } from '../domain/alert.ts';
import { InvalidInput } from '../domain/errors.ts';
import { finish } from './draft.ts';
import { SOURCES } from './registry.ts';
import type { Finding } from './source.ts';

/** Throws InvalidInput when the finding lacks what nothing can be decided without. */
export function normalise(finding: Finding): Reported {
  const source = SOURCES.find(({ id }) => id === finding.product);
  if (!source) throw new InvalidInput(`${finding.path}: no source "${finding.product}"`);
  return finish(source.parse(finding), finding.body);
}
