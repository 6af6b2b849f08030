// GuardDuty findings.
import { defineSource, hasAny } from '../source.ts';
import { readGuardDuty } from './parse.ts';

export const source = defineSource({
  id: 'guardduty',
  // https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_findings_eventbridge.html
  events: { rule: 'GuardDuty', source: ['aws.guardduty'], detailTypes: ['GuardDuty Finding'] },
  hasShape: (fields) =>
    hasAny(fields, 'service', 'Service', 'resource', 'Resource', 'severity', 'Severity') &&
    hasAny(fields, 'type', 'Type'),
  parse: readGuardDuty,
});
