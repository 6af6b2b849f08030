// Lambda entries of the scope `function-log`.
import { Lambda } from '@aws-sdk/client-lambda';
import { deploy, sleep } from '../../execute/serve.ts';
import { connected } from '../mechanism.ts';
import { logAtDebug } from './debug-level.ts';

const clients = {
  lambda: new Lambda({}),
  sleep,
};

export const { execute, reverse, mechanisms } = deploy('function-log', () => [
  connected(logAtDebug, clients),
]);
