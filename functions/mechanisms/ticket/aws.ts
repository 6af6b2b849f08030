// Connects the ticket mechanisms to OpsCenter and to policy's ticket system.
import { SSM } from '@aws-sdk/client-ssm';
import { remoteClients } from '../../platform/http-clients.ts';
import type { Connect } from '../connect.ts';
import { ticketMechanisms } from './ticket-providers.ts';

export const connect: Connect = ({ policy }) =>
  ticketMechanisms(policy, { ...remoteClients(), ssm: new SSM({}) });
