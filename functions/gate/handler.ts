// Lambda entry of `gate`.

import { gateDeps } from './deps.ts';
import { gate } from './gate.ts';

const deps = gateDeps(process.env);

export const handler = (event: unknown) => gate(deps, event);
