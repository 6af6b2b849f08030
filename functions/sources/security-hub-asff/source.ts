// Security Hub findings in ASFF.
import { defineSource, hasAny } from '../source.ts';
import { readAsff } from './parse.ts';

export const source = defineSource({
  id: 'security-hub-asff',
  // https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-event-formats.html
  events: {
    rule: 'SecurityHub',
    source: ['aws.securityhub'],
    detailTypes: ['Security Hub Findings - Imported'],
  },
  hasShape: (fields) => hasAny(fields, 'ProductArn', 'AwsAccountId', 'GeneratorId'),
  parse: readAsff,
});
