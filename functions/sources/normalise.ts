// A delivered finding of any product as an alert of ours. Pure.
import type { Reported } from '../domain/alert.ts';
import { type Draft, finish } from './draft.ts';
import { readGeneric } from './generic/parse.ts';
import { readGuardDuty } from './guardduty/parse.ts';
import { readAsff } from './security-hub-asff/parse.ts';
import { readOcsf } from './security-hub-ocsf/parse.ts';
import type { Finding } from './unwrap.ts';

const READERS: Readonly<Record<Finding['product'], (finding: Finding) => Draft>> = {
  guardduty: readGuardDuty,
  asff: readAsff,
  ocsf: readOcsf,
  generic: readGeneric,
};

/** Throws InvalidInput when the finding lacks what nothing can be decided without. */
export const normalise = (finding: Finding): Reported =>
  finish(READERS[finding.product](finding), finding.body);
