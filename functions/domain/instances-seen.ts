// Where an alert saw its traffic on the network: what decides whether a block at the network can help.
import type { Alert, Entity } from './alert.ts';

/** The instances whose packets were seen; none where the traffic was no packet of theirs, but a name or an API call. */
export const instancesSeen = ({
  traffic,
  entities,
}: Pick<Alert, 'traffic' | 'entities'>): Entity[] =>
  traffic.layer === 'dns' || traffic.layer === 'aws-api'
    ? []
    : entities.filter(({ kind, part }) => kind === 'instance' && part !== 'related');
