// Connects the log level mechanism to AWS.
import { Lambda } from '@aws-sdk/client-lambda';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import { logAtDebug } from './debug-level.ts';

export const connect: Connect = () => [connected(logAtDebug, { lambda: new Lambda({}), sleep })];
