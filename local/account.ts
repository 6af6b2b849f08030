// Every mechanism joined to the stand-ins of its scope: what the executors' handlers do with AWS's clients.

import { CLOUDFRONT_REGION } from '../functions/domain/ip-set.ts';
import { deactivateKey } from '../functions/mechanisms/access-key/access-key.ts';
import { disableKey } from '../functions/mechanisms/api-key/api-key.ts';
import { recordFlows } from '../functions/mechanisms/flow-log/interface-flows.ts';
import { logAtDebug } from '../functions/mechanisms/function-log/debug-level.ts';
import { quarantineInGmail } from '../functions/mechanisms/mail/gmail-message.ts';
import { quarantineInGraph } from '../functions/mechanisms/mail/graph-message.ts';
import { type Connected, connected, type Scope } from '../functions/mechanisms/mechanism.ts';
import { notifyAnalyst } from '../functions/mechanisms/message/notification.ts';
import { denyAddress } from '../functions/mechanisms/network/deny-address.ts';
import { openOpsItem, opsCenter } from '../functions/mechanisms/ticket/ops-item.ts';
import { denyUser } from '../functions/mechanisms/user/deny-all.ts';
import { disableUser } from '../functions/mechanisms/user-pool/cognito-user.ts';
import { blockAddress, watchAddress } from '../functions/mechanisms/waf/address.ts';
import type { Send } from '../functions/messaging/message.ts';
import { onCallOf } from '../functions/policy/people.ts';
import type { Policy } from '../functions/policy/policy.ts';
import { type ApiKeys, createApiKeys, LOCAL_API_KEYS } from './aws/api-gateway.ts';
import { createUserPools, LOCAL_USER_POOLS, type UserPools } from './aws/cognito.ts';
import { createEc2, type Ec2State } from './aws/ec2.ts';
import { LOCAL_NETWORK } from './aws/ec2-network.ts';
import { createFlowLogs, LOCAL_FLOW_LOGS, NO_FLOW_LOGS } from './aws/flow-logs.ts';
import { createIam, DENY_ALL_POLICY, type IamState, LOCAL_IAM } from './aws/iam.ts';
import { identitiesIn } from './aws/identities.ts';
import { createLambda, LOCAL_FUNCTIONS } from './aws/lambda.ts';
import { createOpsCenter, type OpsItem } from './aws/ssm.ts';
import type { StateFile } from './aws/state-file.ts';
import { createWaf, LOCAL_IP_SETS, type WafState } from './aws/waf.ts';
import { createWafSamples, LOCAL_VISITS } from './aws/waf-samples.ts';
import { createMailProviders } from './mail/providers.ts';

type AccountDeps = {
  /** Where a stand-in keeps its state. */
  state: <T>(name: string, initial: T) => StateFile<T>;
  policy: Policy;
  send: Send;
  now: () => Date;
};

/** One account of stand-ins, and the mechanisms that work on it. */
export function createAccount({ state, policy, send, now }: AccountDeps) {
  const waf = state<WafState>('waf', {});
  const opsItems = state<OpsItem[]>('ops-items', []);
  const ssm = createOpsCenter(opsItems);
  const network = state<Ec2State>('ec2', LOCAL_NETWORK);
  const ec2 = createEc2(network);
  const flowLogs = state('flow-logs', NO_FLOW_LOGS);
  const functions = state('functions', LOCAL_FUNCTIONS);
  const mail = createMailProviders({ state, now });
  const wafClients = {
    waf: { REGIONAL: createWaf(waf), CLOUDFRONT: createWaf(waf, CLOUDFRONT_REGION) },
    sets: LOCAL_IP_SETS,
    // The stand-in takes changes as they come; the pause is for AWS.
    sleep: async () => {},
    random: () => 0.5,
  };
  const samples = createWafSamples(LOCAL_VISITS, now);
  const users = state<IamState>('iam', LOCAL_IAM);
  const pools = state<UserPools>('user-pools', LOCAL_USER_POOLS);
  const apiKeys = state<ApiKeys>('api-keys', LOCAL_API_KEYS);
  const lambda = createLambda(functions);
  const iamClients = {
    iam: createIam(users),
    denyAllPolicyArn: DENY_ALL_POLICY,
    // The stand-in shows a change at once; AWS's IAM needs seconds.
    sleep: async () => {},
  };
  const scopes: Partial<Record<Scope, readonly Connected[]>> = {
    waf: [connected(watchAddress, wafClients), connected(blockAddress, wafClients)],
    'function-log': [connected(logAtDebug, { lambda, sleep: async () => {} })],
    mail: [
      connected(quarantineInGraph, mail.graphClients),
      connected(quarantineInGmail, mail.gmailClients),
    ],
    'flow-log': [
      connected(recordFlows, {
        ec2: createFlowLogs(flowLogs, () => network.read().interfaces.map(({ id }) => id)),
        destination: LOCAL_FLOW_LOGS,
        sleep: async () => {},
      }),
    ],
    user: [connected(denyUser, iamClients)],
    'access-key': [connected(deactivateKey, iamClients)],
    'user-pool': [connected(disableUser, { cognito: createUserPools(pools) })],
    'api-key': [connected(disableKey, { gateway: createApiKeys(apiKeys) })],
    network: [connected(denyAddress, { ec2, sleep: async () => {} })],
    ticket: [connected(openOpsItem, { ssm })],
    message: [connected(notifyAnalyst, { send, onCall: onCallOf(policy.escalation) })],
  };
  return {
    scopes,
    ssm,
    desk: opsCenter(ssm),
    ec2,
    iam: iamClients.iam,
    lambda,
    samples: { REGIONAL: samples, CLOUDFRONT: samples },
    tickets: () => opsItems.read(),
    functions: () => functions.read(),
    mail: { exchange: mail.exchange, gmail: mail.gmail },
    flowLogs: () => flowLogs.read().flowLogs,
    identities: () => identitiesIn(users.read(), pools.read(), apiKeys.read()),
    /** The network ACLs, with the hosts that they keep out. */
    networkAcls: () =>
      network.read().networkAcls.map(({ id, isDefault, entries }) => ({
        id,
        isDefault,
        denied: entries
          .filter(({ RuleAction, RuleNumber = 0 }) => RuleAction === 'deny' && RuleNumber < 32_767)
          .map(({ RuleNumber = 0, Egress, CidrBlock, Ipv6CidrBlock }) => ({
            ruleNumber: RuleNumber,
            direction: Egress ? 'outbound' : 'inbound',
            cidr: CidrBlock ?? Ipv6CidrBlock ?? '',
          })),
      })),
    ipSets: () =>
      LOCAL_IP_SETS.map(({ id, name }) => ({ name, addresses: waf.read()[id]?.addresses ?? [] })),
  };
}
