// Lambda entry of `bounce`, called by a rule for the events of Amazon SES.
import { bounce } from './bounce.ts';
import { bounceDeps } from './deps.ts';

const deps = bounceDeps(process.env);

export const handler = (event: unknown) => bounce(deps, event);
