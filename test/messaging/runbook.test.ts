// Details of runbooks; test/moto/runbooks.test.ts runs all their commands.
import { EC2 } from '@aws-sdk/client-ec2';
import { IAM } from '@aws-sdk/client-iam';
import { Lambda } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ActionName } from '../../functions/domain/action-catalog.ts';
import type { Alert, Entity } from '../../functions/domain/alert.ts';
import { known, unknown } from '../../functions/domain/facts.ts';
import { runbookOf } from '../../functions/messaging/runbook.ts';
import {
  alertWith,
  attacker,
  factsAbout,
  factsWith,
  NOW,
  theAlertItself,
} from '../fixtures/case.ts';
import { type Moto, startMoto } from '../moto/moto-server.ts';
import { type Shell, startShell } from '../moto/shell.ts';

/** A command starts three processes; a runbook has a dozen of them. */
vi.setConfig({ testTimeout: 120_000 });

let moto: Moto;
let shell: Shell;
let folder: Awaited<ReturnType<Shell['folder']>>;
beforeAll(async () => {
  moto = await startMoto();
  shell = await startShell(moto.endpoint);
});
afterAll(async () => {
  await shell.stop();
  await moto.stop();
});
beforeEach(async () => {
  await moto.reset();
  folder = await shell.folder();
});
afterEach(() => folder.remove());

const ACTION = {
  actionId: 'act-0123456789abcdef-1',
  incidentId: 'inc-0123456789abcdef',
  account: '123456789012',
  region: 'us-east-1',
  createdAt: NOW.toISOString(),
  description: null,
  mechanism: null,
  parameters: {},
};
const entity = (kind: Entity['kind'], value: string, attributes = {}): Entity => ({
  ...attacker,
  ref: `${kind}-1`,
  kind,
  value,
  attributes,
});
const bookOf = (
  name: ActionName,
  target: Entity,
  alert: Partial<Alert> = {},
  facts: ReturnType<typeof factsWith> | null = null,
) => runbookOf({ ...ACTION, name, target }, alertWith(alert), facts);

/** Services that moto lacks. Their syntax is checked anyway. */
const ABSENT = /^(cloudtrail lookup-events|iam get-access-key-last-used)/;

/** Runs the read-only commands: none may be misspelled or change anything. */
async function look({ look }: { look: string[] }, at = folder) {
  const { ran } = await at.run(look, { stopAtFailure: false });
  const failed = ran.filter(({ code, words }) => code !== 0 && !ABSENT.test(words.join(' ')));
  expect(failed).toEqual([]);
  expect(
    ran.filter(({ code }) => code === 252),
    'no such command or option',
  ).toEqual([]);
  for (const { words } of ran) expect(words[1]).toMatch(/^(get|list|describe|lookup|admin-get)-/);
  return ran;
}
/** Runs commands that change something. Each must succeed. */
async function follow(lines: string[]) {
  const ended = await folder.run(lines);
  expect(ended).toMatchObject({ code: 0 });
  expect(lines.join('\n')).not.toMatch(/<[a-z]/);
  return ended;
}

describe('isolate_production_host', () => {
  let ec2: EC2;
  beforeEach(() => {
    ec2 = new EC2(moto.clientConfig);
  });

  /** Two security groups in the default VPC. */
  async function twoGroups() {
    const { Vpcs = [] } = await ec2.describeVpcs({});
    const VpcId = Vpcs[0]!.VpcId!;
    return Promise.all(
      ['web', 'admin'].map(async (GroupName) => {
        const { GroupId } = await ec2.createSecurityGroup({
          GroupName,
          Description: GroupName,
          VpcId,
        });
        return GroupId!;
      }),
    );
  }
  const NAME = `quarantine-${ACTION.actionId}`;
  const quarantine = async () => {
    const { SecurityGroups = [] } = await ec2.describeSecurityGroups({
      Filters: [{ Name: 'group-name', Values: [NAME] }],
    });
    return SecurityGroups;
  };

  test('replaces the groups of every interface of an instance, after looking for its replacement', async () => {
    const groups = await twoGroups();
    const { Instances = [] } = await ec2.runInstances({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
      SecurityGroupIds: groups,
    });
    const id = Instances[0]!.InstanceId!;
    const eni = Instances[0]!.NetworkInterfaces![0]!.NetworkInterfaceId!;
    const book = bookOf('isolate_production_host', entity('instance', id));
    await look(book);
    // moto adds the instance's groups to those of an attached interface, so the test compares the requests.
    const swaps = ({ ran }: Awaited<ReturnType<typeof follow>>) =>
      ran
        .filter(({ words }) => words[1] === 'modify-network-interface-attribute')
        .map(({ words }) => words.slice(2, -2));
    const acted = await follow(book.act);
    const [group] = await quarantine();
    expect(acted.ran[1]?.words.slice(0, 2).join(' ')).toBe(
      'autoscaling describe-auto-scaling-instances',
    );
    expect(swaps(acted)).toEqual([['--network-interface-id', eni, '--groups', group!.GroupId]]);
    const undone = await follow(book.undo.slice(0, 2));
    const [swap = []] = swaps(undone);
    expect(swap.slice(0, 3)).toEqual(['--network-interface-id', eni, '--groups']);
    expect(swap.slice(3).sort()).toEqual([...groups].sort());
  });

  test('the runbook for isolation names the owner and the people to notify', () => {
    const { check, notify } = bookOf(
      'isolate_production_host',
      entity('instance', 'i-0123456789abcdef0', { 'tag:owner': 'payments', 'tag:x': 'y' }),
    );
    expect(check[0]).toBe('Tags: owner “payments”.');
    expect(notify[0]).toBe('The owner of the service on the instance, before the isolation');
  });
});

describe('initiate_forensic_capture', () => {
  test('the undo keeps a termination protection that was there before', async () => {
    const ec2 = new EC2(moto.clientConfig);
    const { Instances = [] } = await ec2.runInstances({
      ImageId: 'ami-12c6146b',
      MinCount: 1,
      MaxCount: 1,
    });
    const InstanceId = Instances[0]!.InstanceId!;
    const locked = async () => {
      const attribute = { InstanceId, Attribute: 'disableApiTermination' } as const;
      const { DisableApiTermination } = await ec2.describeInstanceAttribute(attribute);
      return DisableApiTermination?.Value;
    };
    const book = bookOf('initiate_forensic_capture', entity('instance', InstanceId));
    const lock = { InstanceId, DisableApiTermination: { Value: true } };
    await ec2.modifyInstanceAttribute(lock);
    await follow(book.act);
    await follow(book.undo);
    expect(await locked(), 'it was locked before').toBe(true);
  });
});

describe('known facts of the target', () => {
  const key = entity('access-key', 'AKIAIOSFODNN7EXAMPLE', { userName: 'deploy' });
  const identity = {
    serviceAccount: known(true),
    tags: known({ Owner: 'payments', CostCentre: '7' }),
    groups: known([]),
    consoleAccess: known(false),
    mfa: known(false),
    lastUsed: known({ service: 's3', region: 'eu-central-1', at: NOW.toISOString() }),
    status: known('Active'),
    createdAt: known('2024-01-01T00:00:00.000Z'),
  };
  const checks = (change: Partial<ReturnType<typeof factsAbout>>) =>
    bookOf(
      'revoke_service_account_credential',
      key,
      {},
      factsWith(factsAbout(key.ref, { address: null, ...change })),
    ).check;

  test('lists the known facts of the target before the questions', () => {
    expect(checks({ identity, plannedWork: 'release-42' }).slice(0, 5)).toEqual([
      'Tags: Owner “payments”.',
      'Planned work may explain the activity: “release-42”.',
      'Marked as a service account.',
      'Status when the alert arrived: Active.',
      'Last used for “s3” in eu-central-1 at 03:00 UTC on 24 Nov 2026.',
    ]);
  });

  test('lists facts that could not be read as unknown', () => {
    const lost = unknown('IAM did not answer');
    const all = { serviceAccount: lost, tags: lost, lastUsed: lost, status: lost };
    expect(checks({ identity: { ...identity, ...all } }).slice(0, 1)).toEqual([
      'Unknown: the tags; whether it is a service account; its status; its last use (IAM did not answer).',
    ]);
  });
});

describe('revoking a credential', () => {
  /** Reads the state of AWS with the same command line. */
  const aws = async (command: string): Promise<string> =>
    (await follow([`aws ${command} --output text`])).out.trim();

  test('denies the current sessions of a role, and no later ones', async () => {
    await aws(`iam create-role --role-name web --assume-role-policy-document '{}'`);
    const book = bookOf('revoke_service_account_credential', entity('iam-role', 'web'));
    await follow(book.act);
    const name = 'AWSRevokeOlderSessions';
    const { out } = await follow([
      `aws iam get-role-policy --role-name web --policy-name ${name} --query PolicyDocument`,
    ]);
    expect(JSON.parse(out)).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Condition: {
            DateLessThan: {
              'aws:TokenIssueTime': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
            },
          },
        },
      ],
    });
  });

  test('leads to IAM Identity Center for the role of a permission set, which IAM refuses to change', () => {
    const role = 'AWSReservedSSO_Admins_0123456789abcdef';
    for (const target of [
      entity('iam-role', role),
      entity('access-key', 'ASIAIOSFODNN7EXAMPLE', { userName: role, userType: 'AssumedRole' }),
    ]) {
      const { check, act, undo } = bookOf('revoke_service_account_credential', target);
      expect([...act, ...undo]).toEqual([]);
      expect(check.join(' ')).toContain('the permission set “Admins” of IAM Identity Center');
      expect(check.join(' ')).toContain('identitystore:UserId');
    }
  });

  test('picks the policy of the user or of the role for a temporary key', () => {
    const of = (attributes: object) =>
      bookOf('revoke_api_key', entity('access-key', 'ASIAIOSFODNN7EXAMPLE', attributes)).act;
    expect(of({ userName: 'web', userType: 'AssumedRole' }).at(-1)).toContain('put-role-policy');
    expect(of({ userName: 'ana', userType: 'IAMUser' }).at(-1)).toContain('attach-user-policy');
    expect(of({})).toEqual([]);
  });
});

describe('block_cidr_range', () => {
  const range = entity('ip', '203.0.113.0/24');
  const traffic = (change: Partial<Alert['traffic']>) => ({
    traffic: {
      layer: 'web',
      direction: 'inbound',
      localPort: 443,
      protocol: 'TCP',
      ...change,
    } as const,
  });

  describe('in a network ACL', () => {
    let ec2: EC2;
    let acl: string;
    let host: Entity;
    beforeEach(async () => {
      ec2 = new EC2(moto.clientConfig);
      const { NetworkAcls = [] } = await ec2.describeNetworkAcls({});
      const [first] = NetworkAcls;
      acl = first!.NetworkAclId!;
      host = {
        ...entity('instance', 'i-0123456789abcdef0', {
          subnetIds: first!.Associations!.map(({ SubnetId }) => SubnetId).join(','),
        }),
        part: 'target',
      };
    });
    const denied = async () => {
      const { NetworkAcls = [] } = await ec2.describeNetworkAcls({ NetworkAclIds: [acl] });
      return NetworkAcls[0]!
        .Entries!.filter(
          ({ RuleAction, RuleNumber }) => RuleAction === 'deny' && RuleNumber! < 32_766,
        )
        .map(({ CidrBlock, Egress, RuleNumber }) => [CidrBlock, Egress, RuleNumber]);
    };

    test("denies the range in the host's network ACL, and names the other resources there", async () => {
      const rules = { ingress: { ipv4: 2, ipv6: 0 }, egress: { ipv4: 2, ipv6: 0 } };
      const listed = { ids: [], count: 3 };
      const facts = factsWith({
        ...factsAbout(host.ref, { address: null }),
        instance: {
          tags: known({}),
          forwards: known(false),
          interfaceIds: known([]),
          networkAcls: known([
            {
              networkAclId: acl,
              isDefault: true,
              vpcId: 'vpc-1',
              subnets: listed,
              instances: listed,
              otherInterfaces: 1,
              rules,
            },
          ]),
        },
      });
      const bare = { ...host, attributes: {} };
      const alert = { ...traffic({ layer: 'network' }), entities: [range, bare] };
      const book = bookOf('block_ip_at_firewall', range, alert, facts);
      expect(book.check.join('\n')).toContain(
        `${acl}: 3 subnets, 3 instances and 1 other interface`,
      );
      await follow(book.act);
      expect(await denied()).toEqual([['203.0.113.0/24', false, 99]]);
      await follow(book.undo);
      expect(await denied()).toEqual([]);
    });
  });

  test('the runbook shows the size of a range and the AWS services in it', () => {
    const about = factsAbout(range.ref);
    const facts = (services: string[]) =>
      factsWith({ ...about, address: { ...about.address!, awsServices: known(services) } });
    const { check } = bookOf('block_cidr_range', range, traffic({}), facts(['CLOUDFRONT']));
    expect(check.join('\n')).toMatch(
      /\(256 addresses\)[\s\S]*AWS uses addresses in this range for CLOUDFRONT/,
    );
    const wide = bookOf('block_cidr_range', entity('ip', '2001:db8::/48'), traffic({}));
    expect(wide.check[0]).toContain('2 to the power of 80 addresses');
  });

  test('the runbook for a range has no command for a caller of the AWS API, because no firewall sees it', () => {
    const book = bookOf('block_cidr_range', range, traffic({ layer: 'aws-api' }));
    expect(book.act).toEqual([]);
    expect(book.check.join('\n')).toContain('Revoke the credential that the address used.');
  });
});

describe('send_breach_notification', () => {
  test('the runbook for a breach lists affected data and deadlines, and has no command that sends the notification', async () => {
    const bucket = { ...entity('bucket', 'customer-data'), part: 'target' as const };
    const user = entity('iam-user', 'ana');
    const book = bookOf('send_breach_notification', theAlertItself, {
      entities: [theAlertItself, bucket, user],
    });
    expect(book.act).toEqual([expect.stringContaining('No command sends one.')]);
    expect(book.check.join('\n')).toContain(
      'by 03:00 UTC on 27 Nov 2026: notify the supervisory authority',
    );
    expect(book.notify[0]).toContain('signs breach notifications, now');
    const { ran } = await folder.run(book.look, { stopAtFailure: false });
    expect(ran.map(({ words }) => words.slice(0, 2).join(' '))).toEqual([
      'sts get-caller-identity',
      's3api get-bucket-tagging',
      'cloudtrail lookup-events',
    ]);
    expect(ran.filter(({ code }) => code === 252)).toEqual([]);
  });
});

test('raises the log level of a function, and sends back the setting in the file', async () => {
  const lambda = new Lambda(moto.clientConfig);
  const [FunctionName, LogGroup] = ['resize', '/aws/lambda/resize'];
  const { Role } = await new IAM(moto.clientConfig).createRole({
    RoleName: FunctionName,
    AssumeRolePolicyDocument: '{}',
  });
  await lambda.createFunction({
    FunctionName,
    Runtime: 'nodejs22.x',
    Role: Role?.Arn,
    Handler: 'index.handler',
    Code: { ZipFile: Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]) },
  });
  const book = bookOf('increase_logging_verbosity', entity('function', FunctionName));
  await look(book);
  await follow(book.act);
  // moto forgets the setting, so that the file is empty.
  const was = JSON.stringify({ LogFormat: 'Text', LogGroup });
  const { ran } = await follow([`echo '${was}' > ${ACTION.actionId}.logging.json`, ...book.undo]);
  expect(ran.at(-1)?.words).toContain(was);
});

describe('the manual quarantine of a message', () => {
  const id = '18c2f0a1b2c3d4e5';
  const message = (provider: string) =>
    entity('email-message', `lee.chen@example.org/${id}`, { provider, subject: `It's urgent` });
  /** The tools only print their arguments. */
  const run = async (book: ReturnType<typeof bookOf>) => {
    const tools = `az() { echo "az $*" >&2; echo 'AAMk-found='; }; gam() { echo "gam $*" >&2; }`;
    const { code, error } = await folder.run([tools, ...book.look, ...book.act, ...book.undo]);
    expect(code).toBe(0);
    return error.trimEnd().split('\n');
  };

  test('moves the message to junk in Exchange, and back into its folder with its new ID', async () => {
    const url = 'https://graph.microsoft.com/v1.0/users/lee.chen%40example.org/messages';
    const move = (from: string, to: string) =>
      `az rest --method post --url ${url}/${from}/move --headers Content-Type=application/json --body {"destinationId": "${to}"} --query id --output tsv`;
    expect(await run(bookOf('quarantine_email', message('microsoft-graph')))).toEqual([
      `az rest --url ${url}/${id} --query [subject,from.emailAddress.address,isRead]`,
      `az rest --url ${url}/${id} --query parentFolderId --output tsv`,
      move(id, 'junkemail'),
      move('AAMk-found=', 'AAMk-found='),
    ]);
  });

  test('marks the message as spam in Gmail, and removes the mark', async () => {
    expect(await run(bookOf('quarantine_email', message('gmail')))).toEqual([
      `gam user lee.chen@example.org show messages ids ${id} headers subject,from showlabels`,
      `gam user lee.chen@example.org modify messages ids ${id} addlabel SPAM removelabel INBOX`,
      `gam user lee.chen@example.org modify messages ids ${id} addlabel INBOX removelabel SPAM`,
    ]);
  });

  test('the runbook has no command for a message in an unknown provider', () => {
    for (const provider of ['pop3', 'constructor'])
      expect(bookOf('quarantine_email', message(provider)).act).toEqual([]);
  });
});

describe("a target with an attacker's name", () => {
  const HOSTILE = `x'; touch pwned; echo "$(touch pwned)" \`touch pwned\` <(touch pwned)`;
  const names: [ActionName, Entity['kind']][] = [
    ['isolate_production_host', 'instance'],
    ['isolate_production_host', 'network-interface'],
    ['isolate_production_host', 'ip'],
    ['isolate_production_host', 'cluster'],
    ['isolate_production_host', 'database'],
    ['initiate_forensic_capture', 'instance'],
    ['revoke_service_account_credential', 'access-key'],
    ['revoke_service_account_credential', 'iam-user'],
    ['revoke_service_account_credential', 'iam-role'],
    ['revoke_service_account_credential', 'api-key'],
    ['revoke_service_account_credential', 'root-user'],
    ['block_cidr_range', 'ip'],
    ['send_breach_notification', 'alert'],
    ['block_ip_at_firewall', 'ip'],
    ['disable_user_account_temporarily', 'cognito-user'],
    ['quarantine_email', 'email-message'],
  ];

  test.each(names)(
    'a hostile target name cannot inject a command: %s on %s',
    async (name, kind) => {
      const attributes = {
        userName: HOSTILE,
        userType: HOSTILE,
        subnetIds: HOSTILE,
        userPoolId: HOSTILE,
      };
      const target = { ...entity(kind, HOSTILE, attributes), part: 'target' as const };
      const alert = alertWith({
        region: `us-east-1'; touch pwned; '`,
        entities: [
          target,
          { ...target, kind: 'bucket', ref: 'bucket-1' },
          { ...target, kind: 'instance', ref: 'instance-1', part: 'actor' },
        ],
      });
      const action = { ...ACTION, region: alert.region, name, target };
      const { look, act, undo } = runbookOf(action, alert, null);
      const said = name === 'send_breach_notification' ? look : [...look, ...act, ...undo];
      const { ran } = await folder.run([...said, 'ls'], { stopAtFailure: false });
      const { out } = await folder.run(['ls']);
      expect(out).not.toContain('pwned');
      for (const { words } of ran) expect(words.join(' ')).not.toMatch(/^touch/);
    },
  );
});
