// Converts a finding of any source to an alert. Pure.
import type { Reported } from '../domain/alert.ts';
import { InvalidInput } from '../domain/errors.ts';
import { toAlert } from './draft.ts';
import { SOURCES } from './registry.ts';
import type { Finding } from './source.ts';

/** Throws InvalidInput if the finding lacks a field that every decision needs. */
export function normalise(finding: Finding): Reported {
  const source = SOURCES.find(({ id }) => id === finding.product);
  if (!source) throw new InvalidInput(`${finding.path}: no source "${finding.product}"`);
  return toAlert(source.parse(finding), finding.body);
}
