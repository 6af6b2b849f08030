// Builds the brief that the analysis gets: the dossier, and what names targets.
import { type Alert, POSTURE } from '../domain/alert.ts';
import { type Citable, isObservation } from '../domain/citable.ts';
import { truncate } from '../domain/wording.ts';
import type { Signs } from '../playbook/signs.ts';

/** Step Functions limits a payload to 256 KiB. */
export const MAX_BRIEF_BYTES = 60_000;
const MAX_TEXT = 100;
const MAX_DOSSIER = 20_000;

/** The playbook cites the first few about each target. */
const MAX_OBSERVATIONS = 40;

/** The input of the playbook. The model gets only the dossier. */
const DECIDING = ['userType', POSTURE];

/**
 * The brief of at most MAX_BRIEF_BYTES. Entities keep the order of the alert: the alert itself, attackers, targets,
 * others.
 */
export function briefOf(
  { type, severity, traffic, entities }: Alert,
  { dossier, citable, signs }: { dossier: string; citable: readonly Citable[]; signs: Signs },
) {
  const all = entities.map(({ ref, kind, value, part, place, attributes }) => ({
    ...{ ref, kind, part, place },
    value: truncate(value, MAX_TEXT),
    attributes: Object.fromEntries(
      Object.entries(attributes)
        .filter(([name]) => DECIDING.includes(name))
        .map(([name, text]) => [name, truncate(text, MAX_TEXT)]),
    ),
  }));
  const brief = (kept: number) => ({
    alert: {
      ...{ type, severity, traffic },
      entities: all.slice(0, kept),
      entitiesLeftOut: Math.max(0, all.length - kept),
    },
    dossier: truncate(dossier, MAX_DOSSIER),
    citable: citable
      .filter(isObservation)
      .slice(0, MAX_OBSERVATIONS)
      .map((one) => ({ ...one, text: '' })),
    signs,
  });
  const fits = (given: unknown) => Buffer.byteLength(JSON.stringify(given)) <= MAX_BRIEF_BYTES;
  return [100, 60].map(brief).find(fits) ?? brief(20);
}
