// Connects the log level mechanism to AWS.
import { Lambda } from '@aws-sdk/client-lambda';
import { type Connect, sleep } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { logAtDebug } from './debug-level.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [connected(logAtDebug, { lambda: new Lambda({}), sleep })];

export const connectWorld: ConnectWorld = () => createWorld({ lambda: new Lambda({}) });
