// How exposed an instance is, in the words of the dossier.
import type { EntityFacts, Inbound } from '../domain/facts.ts';

type Exposure = NonNullable<NonNullable<EntityFacts['instance']>['exposure']>;
export const exposureText = (one: Extract<Exposure, { known: true }>['value']): string | null =>
  [
    one.isPublic && 'public address',
    one.hasRole && 'has a role',
    one.allowsImdsV1 !== null && (one.allowsImdsV1 ? 'IMDSv1 allowed' : 'IMDSv2 only'),
    one.launchedAt && `launched ${one.launchedAt.slice(0, 10)}`,
    one.securityGroups.length > 0 && `security groups ${one.securityGroups.slice(0, 5).join(' ')}`,
  ]
    .filter(Boolean)
    .join('; ') || null;

export const inboundText = ({ fromAnywhere, attackedPort }: Inbound): string => {
  const open =
    fromAnywhere.length > 0
      ? `security groups let everyone reach ${fromAnywhere.slice(0, 6).join(', ')}${fromAnywhere.length > 6 ? ' and more' : ''}`
      : 'security groups let no one outside reach a port directly';
  if (attackedPort === null) return open;
  const { port, isOpen } = attackedPort;
  const answer = isOpen === null ? 'perhaps' : isOpen ? 'yes' : 'no';
  return `${open}; attacked port ${port} open to everyone: ${answer}`;
};
