// Lambda entries of the scope `ticket`.
import { SSM } from '@aws-sdk/client-ssm';
import { remoteClients } from '../../remote/deployed.ts';
import { deploy } from '../deployed.ts';
import { ticketMechanisms } from './desks.ts';

export const { execute, reverse, mechanisms } = deploy('ticket', (policy) =>
  ticketMechanisms(policy, { ...remoteClients(), ssm: new SSM({}) }),
);
