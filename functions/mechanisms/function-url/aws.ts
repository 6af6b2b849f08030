// Connects the function URL mechanism to AWS.
import { Lambda } from '@aws-sdk/client-lambda';
import type { Connect } from '../connect.ts';
import { connected } from '../mechanism.ts';
import type { ConnectWorld } from '../world.ts';
import { requireIam } from './require-iam.ts';
import { createWorld } from './world.ts';

export const connect: Connect = () => [connected(requireIam, { lambda: new Lambda({}) })];

export const connectWorld: ConnectWorld = () => createWorld({ lambda: new Lambda({}) });
