// Lambda entry of `notify`.

import { notifyDeps } from './deps.ts';
import { notify } from './notify.ts';

const deps = notifyDeps(process.env);

export const handler = (event: unknown) => notify(deps, event);
