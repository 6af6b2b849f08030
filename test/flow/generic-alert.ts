// A generic alert about web traffic, as it arrives on the event bus.
import { NOW, POLICY } from '../fixtures/case.ts';

export type Named = {
  kind: string;
  value: string;
  part: string;
  attributes?: Record<string, string>;
};

export const attacker = (value: string): Named => ({ kind: 'ip', value, part: 'actor' });

/** Its severity is high. `change` replaces fields of the detail. */
export const alertAbout = (id: string, type: string, entities: Named[], change: object = {}) => ({
  'detail-type': 'Countermand Alert',
  source: 'example.monitoring',
  account: POLICY.account,
  region: 'eu-central-1',
  time: NOW.toISOString(),
  detail: {
    id,
    type,
    title: `${type} ${id}`,
    severity: 'high',
    seenAt: NOW.toISOString(),
    traffic: { layer: 'web', direction: 'inbound', localPort: 443, protocol: 'TCP' },
    entities,
    ...change,
  },
});
