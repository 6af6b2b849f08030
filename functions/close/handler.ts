// Lambda entry of `close`.
import { close } from './close.ts';
import { closeDeps } from './deps.ts';

const deps = closeDeps(process.env);

export const handler = (event: unknown) => close(deps, event);
