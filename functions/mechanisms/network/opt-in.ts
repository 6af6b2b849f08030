// How an owner opts network ACLs in to changes.
import { OPT_IN, type OptIn } from '../../domain/opt-in.ts';
import { shellQuoted } from '../../domain/wording.ts';

export const optInOfAcls = (ids: readonly string[], region: string): OptIn => ({
  resource: `the network ${ids.length === 1 ? 'ACL' : 'ACLs'} ${ids.join(', ')}`,
  command: `aws ec2 create-tags --region ${shellQuoted(region)} --resources ${ids.map(shellQuoted).join(' ')} --tags Key=${OPT_IN.key},Value=${OPT_IN.value}`,
});
