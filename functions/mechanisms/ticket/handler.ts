// Lambda entries of the scope `ticket`.
import { SSM } from '@aws-sdk/client-ssm';
import { deploy } from '../../execute/serve.ts';
import { remoteClients } from '../../platform/http-clients.ts';
import { ticketMechanisms } from './desks.ts';

export const { execute, reverse, mechanisms } = deploy('ticket', (policy) =>
  ticketMechanisms(policy, { ...remoteClients(), ssm: new SSM({}) }),
);
