// Connects a scope's mechanisms to AWS, in functions and in drills.
import { setTimeout } from 'node:timers/promises';
import type { Env } from '../domain/env.ts';
import type { Log } from '../platform/log.ts';
import type { Policy } from '../policy/policy.ts';
import type { Table } from '../store/table.ts';
import type { Connected } from './mechanism.ts';
import type { Sleep } from './poll-until.ts';

export type ConnectDeps = { env: Env; policy: Policy; table: Table; log: Log };

/** Builds the SDK clients of a scope. Throws InvalidInput if a variable is missing. */
export type Connect = (deps: ConnectDeps) => readonly Connected[];

export const sleep: Sleep = (milliseconds) => setTimeout(milliseconds);
