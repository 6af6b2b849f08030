// Security Hub and Security Lake findings in OCSF.
import { defineSource, hasAny } from '../source.ts';
import { readOcsf } from './parse.ts';

export const source = defineSource({
  id: 'security-hub-ocsf',
  events: {
    rule: 'SecurityHub',
    source: ['aws.securityhub'],
    detailTypes: ['Findings Imported V2'],
  },
  hasShape: (fields) =>
    hasAny(fields, 'class_uid', 'finding_info') || ('metadata' in fields && 'finding' in fields),
  parse: readOcsf,
});
