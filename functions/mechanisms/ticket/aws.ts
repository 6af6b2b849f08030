// Connects the ticket mechanisms to OpsCenter and to the ticket system of policy.
import { SSM } from '@aws-sdk/client-ssm';
import { remoteClients } from '../../platform/http-clients.ts';
import type { Connect } from '../connect.ts';
import { ticketMechanisms } from './desks.ts';

export const connect: Connect = ({ policy }) =>
  ticketMechanisms(policy, { ...remoteClients(), ssm: new SSM({}) });
