// A laptop's AWS account: every stand-in, and its state for the console.
import {
  type ApiKeys,
  createApiKeys,
  LOCAL_API_KEYS,
} from '../functions/mechanisms/api-key/stand-in.ts';
import { NO_FLOW_LOGS } from '../functions/mechanisms/flow-log/stand-in.ts';
import { createLambda, LOCAL_FUNCTIONS } from '../functions/mechanisms/function-log/stand-in.ts';
import { EXCHANGE, GMAIL } from '../functions/mechanisms/mail/stand-in.ts';
import type { Connected } from '../functions/mechanisms/mechanism.ts';
import { createEc2, type Ec2State } from '../functions/mechanisms/network/stand-in-ec2.ts';
import { LOCAL_NETWORK } from '../functions/mechanisms/network/stand-in-network.ts';
import { SCOPES, type Scope } from '../functions/mechanisms/registry.ts';
import type { StandInAccount, StateFile } from '../functions/mechanisms/stand-in.ts';
import { opsCenter } from '../functions/mechanisms/ticket/ops-item.ts';
import { createOpsCenter, type OpsItem } from '../functions/mechanisms/ticket/stand-in.ts';
import { createIam, type IamState, LOCAL_IAM } from '../functions/mechanisms/user/stand-in.ts';
import {
  createUserPools,
  LOCAL_USER_POOLS,
  type UserPools,
} from '../functions/mechanisms/user-pool/stand-in.ts';
import { LOCAL_IP_SETS, type WafState } from '../functions/mechanisms/waf/stand-in.ts';
import { createConfigHistory } from './aws/config-history.ts';
import { createFlowSource } from './aws/flow-source.ts';
import { identitiesIn } from './aws/identities.ts';
import { createWafSamples, LOCAL_VISITS } from './aws/waf-samples.ts';
import { STAND_IN_WORLDS, STAND_INS } from './stand-ins.ts';

/** The region in which the stand-ins and their samples are. */
export const LOCAL_REGION = 'eu-central-1';

/** One account of stand-ins, and the mechanisms that act on it. */
export function createAccount(given: StandInAccount) {
  const account = { ...given, state: oncePerName(given.state) };
  const { state } = account;
  const scopes = Object.fromEntries(
    SCOPES.map((scope) => [scope, STAND_INS[scope].connect(account)]),
  ) as Record<Scope, readonly Connected[]>;
  const opsItems = state<OpsItem[]>('ops-items', []);
  const ssm = createOpsCenter(opsItems);
  const network = state<Ec2State>('ec2', LOCAL_NETWORK);
  const functions = state('functions', LOCAL_FUNCTIONS);
  const users = state<IamState>('iam', LOCAL_IAM);
  const ec2 = createEc2(network);
  const samples = createWafSamples(LOCAL_VISITS, account.now);
  return {
    scopes,
    /** The readers of the world check. */
    worlds: STAND_IN_WORLDS.map((world) => world(account)),
    ssm,
    ticketProvider: opsCenter(ssm),
    ec2,
    flowSource: createFlowSource({
      ec2,
      flowLogs: state('flow-logs', NO_FLOW_LOGS),
      now: account.now,
    }),
    iam: createIam(users),
    lambda: createLambda(functions),
    gateway: createApiKeys(state<ApiKeys>('api-keys', LOCAL_API_KEYS)),
    cognito: createUserPools(state<UserPools>('user-pools', LOCAL_USER_POOLS)),
    awsConfig: createConfigHistory(account.now),
    samples: { REGIONAL: samples, CLOUDFRONT: samples },
    tickets: () => opsItems.view(),
    functions: () => functions.read(),
    mail: {
      exchange: () => state('exchange', EXCHANGE).read(),
      gmail: () => state('gmail', GMAIL).read(),
    },
    flowLogs: () => state('flow-logs', NO_FLOW_LOGS).read().flowLogs,
    identities: () =>
      identitiesIn(
        users.read(),
        state<UserPools>('user-pools', LOCAL_USER_POOLS).read(),
        state<ApiKeys>('api-keys', LOCAL_API_KEYS).read(),
      ),
    /** The network ACLs, with the addresses that they deny. */
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
    /** Empties every IP set, as another caller would. Returns the names of the sets. */
    emptyIpSets() {
      const file = state<WafState>('waf', {});
      const emptied: WafState = {};
      for (const [id, { lock }] of Object.entries(file.read()))
        emptied[id] = { addresses: [], lock: lock + 1 };
      file.write(emptied);
      return LOCAL_IP_SETS.map(({ name }) => name);
    },
    ipSets: () =>
      LOCAL_IP_SETS.map(({ id, name }) => ({
        name,
        addresses: state<WafState>('waf', {}).read()[id]?.addresses ?? [],
      })),
  };
}

/** Opens each state once, so that two scopes share it, also in memory. */
function oncePerName(open: StandInAccount['state']): StandInAccount['state'] {
  const opened = new Map<string, StateFile<unknown>>();
  return <T>(name: string, initial: T) => {
    const file = (opened.get(name) as StateFile<T> | undefined) ?? open(name, initial);
    opened.set(name, file as StateFile<unknown>);
    return file;
  };
}
