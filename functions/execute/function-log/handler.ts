// Lambda entries of the scope `function-log`.
import { setTimeout as sleep } from 'node:timers/promises';
import { Lambda } from '@aws-sdk/client-lambda';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { logAtDebug } from './debug-level.ts';

const clients = {
  lambda: new Lambda({}),
  sleep: (milliseconds: number) => sleep(milliseconds),
};

export const { execute, reverse } = deploy('function-log', () => [connected(logAtDebug, clients)]);
