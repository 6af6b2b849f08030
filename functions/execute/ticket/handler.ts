// Lambda entries of the scope `ticket`.
import { SSM } from '@aws-sdk/client-ssm';
import { deploy } from '../deployed.ts';
import { connected } from '../mechanism.ts';
import { openOpsItem } from './ops-item.ts';

export const { execute, reverse } = deploy('ticket', () => [
  connected(openOpsItem, { ssm: new SSM({}) }),
]);
