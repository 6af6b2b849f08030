// How a scope's mechanisms are connected to AWS, in functions and in drills.
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../domain/env.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';
import type { Sleep } from './look-until.ts';
import type { Connected } from './mechanism.ts';

export type ConnectDeps = { env: Env; policy: Policy; store: Store; log: Log };

/** Builds the SDK clients of a scope. Throws InvalidInput when a variable is missing. */
export type Connect = (deps: ConnectDeps) => readonly Connected[];

export const sleep: Sleep = (milliseconds) => setTimeout(milliseconds);
