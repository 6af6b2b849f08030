// Lines of evidence about recent changes of resources in AWS Config.
import type { ConfigChange } from '../domain/config-changes.ts';
import type { EntityFacts } from '../domain/facts.ts';
import type { EvidenceLine } from './evidence-lines.ts';
import { minute } from './values.ts';

/** Beside those of CloudTrail, which say who called. */
const MAX_LINES = 3;

/** For the whole alert. The last line says how many it leaves out. */
export function configLines(facts: readonly EntityFacts[]): EvidenceLine[] {
  const read = facts.flatMap(({ ref, configChanges }) =>
    configChanges?.known ? [{ ref, ...configChanges.value }] : [],
  );
  const all = read
    .flatMap(({ ref, changes }) => changes.map((change) => ({ ref, change })))
    .toSorted((a, b) => decisiveness(b.change) - decisiveness(a.change));
  const shown = all.slice(0, MAX_LINES);
  const left = all.length - shown.length + read.reduce((sum, { others }) => sum + others, 0);
  const isComplete = read.every((one) => one.isComplete);
  const rest = [
    ...(left > 0 ? [`; ${isComplete ? '' : 'at least '}${left} more records left out`] : []),
    ...(isComplete ? [] : ['; read=a part']),
  ].join('');
  return shown.map(({ ref, change }, index) => ({
    text: `${lineOf(ref, change)}${index === shown.length - 1 ? rest : ''}`,
    ...{ source: 'config', kind: 'change', refs: [ref], isUntrusted: false },
  }));
}

const decisiveness = ({ opened, effects }: ConfigChange): number =>
  opened.length > 0 || effects.length > 0 ? 1 : 0;

function lineOf(ref: string, change: ConfigChange): string {
  const { at, group, opened, closed, effects } = change;
  const said = [
    group && `security group=${group}`,
    opened.length > 0 && `opened to everyone=${opened.join(' and ')}`,
    closed.length > 0 && `closed to everyone=${closed.join(' and ')}`,
    effects.length > 0 && `effect=${effects.join(' and ')}`,
    whatChanged(change),
  ].filter(Boolean);
  return `config ${minute(at)} change about ${ref}: ${said.join(', ')}`;
}

function whatChanged({ status, parts, otherParts }: ConfigChange): string {
  if (status === 'discovered') return 'recorded=for the first time';
  if (status === 'deleted') return 'status=deleted';
  if (parts === null) return 'changed=unknown without an earlier record';
  const others = otherParts > 0 ? [`${otherParts} other ${otherParts > 1 ? 'parts' : 'part'}`] : [];
  return `changed=${[...parts, ...others].join(' and ')}`;
}
