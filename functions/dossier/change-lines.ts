// Lines of evidence about recent changes of resources in CloudTrail.
import type { EntityFacts } from '../domain/facts.ts';
import { MAX_CHANGES, type ResourceChange } from '../domain/resource-changes.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { minute } from './values.ts';

/** At most MAX_CHANGES for the whole alert. The last line says how many it leaves out. */
export function changeLines(facts: readonly EntityFacts[]): EvidenceLine[] {
  const read = facts.flatMap(({ ref, changes }) =>
    changes?.known ? [{ ref, ...changes.value }] : [],
  );
  const all = read.flatMap(({ ref, isComplete, changes }) =>
    changes.map((one) => ({ ref, text: lineOf(ref, one, isComplete), isDone: one.succeeded > 0 })),
  );
  const shown = all.toSorted((a, b) => Number(b.isDone) - Number(a.isDone)).slice(0, MAX_CHANGES);
  const left = all.length - shown.length + read.reduce((sum, { others }) => sum + others, 0);
  return shown.map(({ ref, text }, index) => ({
    text: left > 0 && index === shown.length - 1 ? `${text}; ${left} more kinds left out` : text,
    ...{ source: 'cloudtrail', kind: 'change', refs: [ref], isUntrusted: false },
  }));
}

function lineOf(
  ref: string,
  { name, by, succeeded, failed, error, firstAt, lastAt }: ResourceChange,
  isComplete: boolean,
): string {
  const least = isComplete ? '' : 'at least ';
  const failures = failed > 0 ? `, failed=${least}${failed} (${error})` : '';
  const [first, last] = [minute(firstAt), minute(lastAt)];
  const time = first === last ? first : `${first} to ${last}`;
  return `cloudtrail ${time} change about ${ref}: call=${name}, by=${by ?? 'another identity'}, succeeded=${least}${succeeded}${failures}`;
}
