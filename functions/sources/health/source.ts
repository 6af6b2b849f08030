// AWS Health events about security risks, such as exposed access keys.
import { defineSource } from '../source.ts';
import { RISK, readHealth } from './parse.ts';

export const source = defineSource({
  id: 'health',
  // Abuse and risk events come under either detail type.
  events: {
    rule: 'Health',
    source: ['aws.health'],
    detailTypes: ['AWS Health Event', 'AWS Health Abuse Event'],
    detail: { eventTypeCode: [{ prefix: RISK }] },
  },
  parse: readHealth,
});
