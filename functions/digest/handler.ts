// Lambda entry of `digest`, invoked every hour.
import { digestDeps } from './deps.ts';
import { lastHour, signDigest } from './digest.ts';

const deps = digestDeps(process.env);

export const handler = (): Promise<void> => signDigest(deps, lastHour(new Date()));
