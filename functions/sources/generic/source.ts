// The generic alert, which any sender may put on the event bus.
import { defineSource } from '../source.ts';
import { readGeneric } from './parse.ts';

export const source = defineSource({
  id: 'generic',
  events: { rule: 'Generic', detailTypes: ['Countermand Alert'] },
  parse: readGeneric,
});
