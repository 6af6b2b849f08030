// Two actions, a person and a deletion on one effect on moto, in any order.
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { WAFV2 } from '@aws-sdk/client-wafv2';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { IpSets } from '../../functions/domain/ip-set.ts';
import { deactivateKey } from '../../functions/mechanisms/access-key/access-key.ts';
import { connected } from '../../functions/mechanisms/mechanism.ts';
import { denyAddress } from '../../functions/mechanisms/network/deny-address.ts';
import { denyUser } from '../../functions/mechanisms/user/deny-all.ts';
import { blockAddress } from '../../functions/mechanisms/waf/address.ts';
import { attacker, HERE, leakedKey, suspectUser } from '../fixtures/case.ts';
import { type Account, play, type Step, type Target } from '../properties/effect-steps.ts';
import { type ClientConfig, type Moto, startMoto } from './moto-server.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

type Ground = Target & { here: Account };
const sleep = async () => {};
let moto: Moto;
let grounds: Record<string, () => Promise<Ground>>;
beforeAll(async () => {
  moto = await startMoto();
  // moto returns 500 where AWS returns an error of its own, so retries would only take time.
  const config = { ...(await moto.signIn(HERE)), maxAttempts: 1 };
  grounds = groundsOn(config);
});
afterAll(() => moto?.stop());

const THEIRS = '198.51.100.7/32';
const OURS = `${attacker.value}/32`;
let made = 0;

/** A new target for each order. States don't show its name. */
function groundsOn(config: ClientConfig & { maxAttempts: number }): typeof grounds {
  const [iam, waf, ec2] = [new IAM(config), new WAFV2(config), new EC2(config)];
  const policy = async (PolicyName: string) => {
    const Statement = [{ Effect: 'Deny', Action: '*', Resource: '*' }];
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
    return (await iam.createPolicy({ PolicyName, PolicyDocument })).Policy?.Arn ?? '';
  };
  const policies = Promise.all([policy('countermand-deny-all'), policy('theirs')]);
  return {
    async 'an IAM user'() {
      const UserName = `user-${++made}`;
      const [denyAllPolicyArn, theirs] = await policies;
      await iam.createUser({ UserName });
      const attach = (PolicyArn: string) => iam.attachUserPolicy({ UserName, PolicyArn });
      const detach = (PolicyArn: string) => iam.detachUserPolicy({ UserName, PolicyArn });
      const attached = async () =>
        (await iam.listAttachedUserPolicies({ UserName })).AttachedPolicies ?? [];
      return {
        target: { ...suspectUser, value: UserName },
        parameters: {},
        here: {
          mechanism: connected(denyUser, { iam, denyAllPolicyArn, sleep }),
          state: async () => JSON.stringify(await attached()),
          set: async (present) =>
            void (await (present ? attach(denyAllPolicyArn) : detach(denyAllPolicyArn))),
          other: async () => void (await attach(theirs)),
          async delete() {
            for (const { PolicyArn = '' } of await attached()) await detach(PolicyArn);
            await iam.deleteUser({ UserName });
          },
        },
      };
    },
    async 'an access key'() {
      const UserName = `service-${++made}`;
      await iam.createUser({ UserName });
      const newKey = async () =>
        (await iam.createAccessKey({ UserName })).AccessKey?.AccessKeyId ?? '';
      const [AccessKeyId, otherKey] = [await newKey(), await newKey()];
      const change = (key: string, Status: 'Active' | 'Inactive') =>
        iam.updateAccessKey({ UserName, AccessKeyId: key, Status });
      return {
        target: { ...leakedKey, value: AccessKeyId },
        parameters: { userName: UserName },
        here: {
          mechanism: connected(deactivateKey, { iam, sleep }),
          state: async () =>
            JSON.stringify(
              (await iam.listAccessKeys({ UserName })).AccessKeyMetadata?.map(
                ({ Status }) => Status,
              ),
            ),
          set: async (present) => void (await change(AccessKeyId, present ? 'Inactive' : 'Active')),
          other: async () => void (await change(otherKey, 'Inactive')),
          delete: async () => void (await iam.deleteAccessKey({ UserName, AccessKeyId })),
        },
      };
    },
    async 'an address in an IP set'() {
      const set = { Name: `countermand-block-ipv4-${++made}`, Scope: 'REGIONAL' } as const;
      const { Summary } = await waf.createIPSet({
        ...set,
        IPAddressVersion: 'IPV4',
        Addresses: [],
      });
      const key = { ...set, Id: Summary?.Id };
      const known = { purpose: 'block', scope: 'REGIONAL', family: 'ipv4' };
      const sets = IpSets.parse([{ ...known, id: key.Id, name: set.Name }]);
      const addresses = async () => (await waf.getIPSet(key)).IPSet?.Addresses ?? [];
      const edit = async (change: (now: string[]) => string[]) => {
        const { LockToken, IPSet } = await waf.getIPSet(key);
        await waf.updateIPSet({ ...key, LockToken, Addresses: change(IPSet?.Addresses ?? []) });
      };
      const setEntry = (present: boolean) =>
        edit((now) => [...now.filter((one) => one !== OURS), ...(present ? [OURS] : [])]);
      return {
        target: attacker,
        parameters: {},
        here: {
          mechanism: connected(blockAddress, {
            waf: { REGIONAL: waf, CLOUDFRONT: waf },
            sets,
            sleep,
            random: () => 0.5,
          }),
          state: async () => JSON.stringify((await addresses()).sort()),
          set: setEntry,
          other: () => edit((now) => [...now, THEIRS]),
        },
      };
    },
    async 'an address at a network ACL'() {
      const { Vpcs = [] } = await ec2.describeVpcs({});
      const { NetworkAcl } = await ec2.createNetworkAcl({ VpcId: Vpcs[0]?.VpcId });
      const NetworkAclId = NetworkAcl?.NetworkAclId ?? '';
      const entries = async () =>
        (await ec2.describeNetworkAcls({ NetworkAclIds: [NetworkAclId] })).NetworkAcls?.[0]
          ?.Entries ?? [];
      const rule = { NetworkAclId, Egress: false };
      const deny = (RuleNumber: number, CidrBlock: string) =>
        ec2.createNetworkAclEntry({
          ...{ ...rule, RuleNumber, CidrBlock },
          ...{ Protocol: '-1', RuleAction: 'deny' },
        });
      return {
        target: attacker,
        parameters: { networkAclId: NetworkAclId, direction: 'ingress' },
        here: {
          mechanism: connected(denyAddress, { ec2, sleep }),
          // The mechanism chooses the number of our rule, and moto lists rules by age.
          state: async () =>
            JSON.stringify(
              (await entries())
                .map(({ RuleNumber, ...one }) =>
                  one.CidrBlock === OURS ? one : { ...one, RuleNumber },
                )
                .sort((x, y) => ((x.CidrBlock ?? '') < (y.CidrBlock ?? '') ? -1 : 1)),
            ),
          async set(present) {
            if (present) return void (await deny(99, OURS));
            const added = (await entries()).filter(({ CidrBlock }) => CidrBlock === OURS);
            for (const { RuleNumber } of added)
              await ec2.deleteNetworkAclEntry({ ...rule, RuleNumber });
          },
          other: async () => void (await deny(30, THEIRS)),
        },
      };
    },
  };
}

/** Every order of the steps in which an action is undone after it was applied, and A is the first one applied. */
function orders(steps: readonly Step[]): Step[][] {
  if (steps.length === 0) return [[]];
  return steps
    .flatMap((step) => orders(steps.filter((one) => one !== step)).map((rest) => [step, ...rest]))
    .filter((order) =>
      [
        ['apply A', 'undo A'],
        ['apply B', 'undo B'],
        ['apply A', 'apply B'],
      ].every(
        ([first, second]) =>
          !order.includes(first as Step) ||
          !order.includes(second as Step) ||
          order.indexOf(first as Step) < order.indexOf(second as Step),
      ),
    );
}

/**
 * The last step for each kind of target: the owner deletes it, or removes our entry. The log level of a function is
 * missing, because moto forgets it.
 */
const CASES: Record<string, Step> = {
  'an IAM user': 'delete',
  'an access key': 'delete',
  'an address in an IP set': 'remove',
  'an address at a network ACL': 'remove',
};
const BY_ACTIONS: readonly Step[] = ['apply A', 'apply B', 'undo A', 'undo B'];
/** A person changes something else of the target and, if nothing holds the effect, makes the same change. */
const BY_PERSON: readonly Step[] = ['other', 'set'];
const LANES = 4;

test.each(Object.entries(CASES))(
  'P4: in every order of two actions, a person and a deletion, %s is exactly as its owner left it',
  async (name, last) => {
    const make = grounds[name]!;
    const { here } = await make();
    const states: Record<string, string> = {};
    for (const hasOther of [false, true]) {
      if (hasOther) await here.other?.();
      for (const isPresent of [true, false]) {
        await here.set(isPresent);
        states[`${isPresent} ${hasOther}`] = await here.state();
      }
    }
    expect(new Set(Object.values(states)).size).toBe(4);
    const left = orders([...BY_ACTIONS, 'other', last]);
    expect(left).toHaveLength(90);
    const playNext = async (): Promise<void> => {
      const order = left.pop();
      if (!order) return;
      const { here: own, ...target } = await make();
      const steps = order.flatMap((step) => (step === 'other' ? BY_PERSON : step));
      // Later, the sweeper changes nothing.
      const plan = steps.map((step, i) => ({ step, minutes: i === steps.length - 1 ? 6 : 0 }));
      await play(
        target,
        own,
        plan,
        ({ effect, hasOther }) => states[`${effect !== 'absent'} ${hasOther}`] ?? '',
      );
      return playNext();
    };
    await Promise.all(Array.from({ length: LANES }, playNext));
  },
);
