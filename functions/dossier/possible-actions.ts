// Which actions are possible for which entities of an alert.
import { ActionName, isOffered, targetKindsOf } from '../domain/action-catalog.ts';
import type { Alert, Entity } from '../domain/alert.ts';
import type { EntityFacts } from '../domain/facts.ts';
import { isIdentity } from '../domain/service-account.ts';
import { refList } from './evidence-lines.ts';

const MAX_REFS = 8;

/** One line per action that some entity allows. The gate checks the same, and more, by its own rules. */
export const possibleActions = (
  alert: Pick<Alert, 'entities' | 'traffic' | 'account'>,
  facts: ReadonlyMap<string, EntityFacts>,
): string[] =>
  ActionName.options.filter(isOffered).flatMap((name) => {
    const refs = alert.entities
      .filter(
        (entity) =>
          targetKindsOf(name).includes(entity.kind) &&
          (entity.kind === 'alert' || canChange(entity, alert, facts.get(entity.ref))),
      )
      .map(({ ref }) => ref);
    return refs.length > 0 ? [`${name} on ${refList(refs, MAX_REFS)}`] : [];
  });

function canChange(
  entity: Entity,
  { traffic, account }: Pick<Alert, 'traffic' | 'account'>,
  facts: EntityFacts | undefined,
): boolean {
  const { kind, part, value, place, attributes } = entity;
  if (kind === 'ip') {
    const owner = facts?.address?.ownedBy;
    const isOurs = owner?.known && owner.value !== null;
    // No firewall of the account sees calls of the AWS API or DNS requests.
    return part === 'actor' && !isOurs && !['aws-api', 'dns'].includes(traffic.layer);
  }
  if (!isIdentity(entity)) return true;
  const isRoot = attributes.userType?.toLowerCase() === 'root';
  return place.account === account && !isRoot && !value.startsWith('ASIA');
}
