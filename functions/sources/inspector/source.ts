// Inspector findings.
import { defineSource } from '../source.ts';
import { readInspector } from './parse.ts';

export const source = defineSource({
  id: 'inspector',
  events: {
    rule: 'Inspector',
    source: ['aws.inspector2'],
    detailTypes: ['Inspector2 Finding'],
  },
  parse: readInspector,
});
