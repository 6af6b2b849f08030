// One finding from three sources in any order, with updates and answers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NEWS } from '../../functions/domain/effect-state.ts';
import { worstOf } from '../../functions/domain/incident.ts';
import { NOW } from '../fixtures/case.ts';
import { createWorld, sample, type World } from './world.ts';

const ATTACKERS = ['203.0.113.66', '203.0.113.77'];
type Version = {
  minute: number;
  severity: 'medium' | 'high';
  attackers: string[];
  closed: boolean;
};
/** The finding over time. The second version has only more of the same. */
const VERSIONS: Version[] = [
  { minute: 0, severity: 'medium', attackers: ATTACKERS.slice(0, 1), closed: false },
  { minute: 10, severity: 'medium', attackers: ATTACKERS.slice(0, 1), closed: false },
  { minute: 20, severity: 'high', attackers: ATTACKERS, closed: false },
  { minute: 30, severity: 'medium', attackers: ATTACKERS.slice(0, 1), closed: true },
];
const at = (minute: number) => new Date(NOW.getTime() - 3_600_000 + minute * 60_000).toISOString();

type Native = {
  detail: {
    arn: string;
    type: string;
    title: string;
    resource: { instanceDetails: { instanceId: string } };
    service: { action: { portProbeAction: { portProbeDetails: object[] } } };
  };
} & Record<string, unknown>;

function native({ minute, severity, attackers, closed }: Version): object {
  const { detail, ...event } = sample('web-port-probe') as Native;
  const { service } = detail;
  const [probe] = service.action.portProbeAction.portProbeDetails;
  const portProbeDetails = attackers.map((address) =>
    JSON.parse(JSON.stringify(probe).replaceAll('203.0.113.66', address)),
  );
  const portProbeAction = { ...service.action.portProbeAction, portProbeDetails };
  return {
    ...event,
    detail: {
      ...detail,
      severity: severity === 'high' ? 8 : 5,
      updatedAt: at(minute),
      service: {
        ...service,
        archived: closed,
        count: 3 + minute,
        action: { ...service.action, portProbeAction },
      },
    },
  };
}

const { detail: NATIVE } = sample('web-port-probe') as Native;
const INSTANCE = `arn:aws:ec2:eu-central-1:111122223333:instance/${NATIVE.resource.instanceDetails.instanceId}`;
const fromHub = (type: string, finding: object): object => {
  const { detail: _detail, ...event } = sample('web-port-probe') as Native;
  return {
    ...event,
    source: 'aws.securityhub',
    'detail-type': type,
    detail: { findings: [finding] },
  };
};

const asff = ({ minute, severity, attackers, closed }: Version): object =>
  fromHub('Security Hub Findings - Imported', {
    SchemaVersion: '2018-10-08',
    Id: NATIVE.arn,
    ProductArn: 'arn:aws:securityhub:eu-central-1::product/aws/guardduty',
    ProductName: 'GuardDuty',
    GeneratorId: 'guardduty',
    AwsAccountId: '111122223333',
    Region: 'eu-central-1',
    Types: ['TTPs/Discovery/Recon:EC2-PortProbeUnprotectedPort'],
    CreatedAt: at(0),
    UpdatedAt: at(minute),
    Severity: { Label: severity.toUpperCase() },
    Title: NATIVE.title,
    Description: NATIVE.title,
    ProductFields: Object.fromEntries([
      ['aws/guardduty/service/action/actionType', 'PORT_PROBE'],
      ...attackers.flatMap((address, i) => {
        const probe = `aws/guardduty/service/action/portProbeAction/portProbeDetails.${i}_`;
        return [
          [`${probe}/remoteIpDetails/ipAddressV4`, address],
          [`${probe}/localPortDetails/port`, '443'],
        ];
      }),
    ]),
    Resources: [{ Type: 'AwsEc2Instance', Id: INSTANCE, Region: 'eu-central-1' }],
    Workflow: { Status: closed ? 'RESOLVED' : 'NEW' },
    RecordState: 'ACTIVE',
  });

const ocsf = ({ minute, severity, attackers, closed }: Version): object =>
  fromHub('Findings Imported V2', {
    class_uid: 2004,
    class_name: 'Detection Finding',
    severity_id: severity === 'high' ? 4 : 3,
    status: closed ? 'Suppressed' : 'New',
    status_id: closed ? 3 : 1,
    cloud: { account: { uid: '111122223333' }, region: 'eu-central-1', provider: 'AWS' },
    finding_info: {
      uid: NATIVE.arn,
      title: NATIVE.title,
      types: [NATIVE.type],
      created_time_dt: at(0),
      modified_time_dt: at(minute),
    },
    metadata: { product: { name: 'GuardDuty' } },
    evidences: attackers.map((ip) => ({
      src_endpoint: { ip },
      dst_endpoint: { port: 443 },
      connection_info: { direction: 'Inbound', protocol_name: 'tcp' },
    })),
    resources: [{ type: 'AWS::EC2::Instance', uid: INSTANCE }],
  });

const DOORS = { native, asff, ocsf };

type Step =
  | { door: keyof typeof DOORS; version: number }
  | 'a person opens the page'
  | 'the person approves';
/** Every second history is without the raise, so that the closing may end the request. */
const deliveries = fc
  .constantFrom([0, 1, 2, 3], [0, 1, 3])
  .chain((versions) =>
    fc.uniqueArray(
      fc.record({
        door: fc.constantFrom('native' as const, 'asff' as const, 'ocsf' as const),
        version: fc.constantFrom(...versions),
      }),
      { minLength: 3, maxLength: 7, selector: ({ door, version }) => `${door} ${version}` },
    ),
  )
  .filter((all) => all.some(({ version }) => version < 3));
const steps = fc
  .tuple(deliveries, fc.nat({ max: 6 }), fc.nat({ max: 6 }))
  .map(([all, opens, answers]): Step[] => {
    const from = Math.min(opens, answers);
    return [
      ...all.slice(0, from),
      'a person opens the page',
      ...all.slice(from, Math.max(opens, answers)),
      'the person approves',
      ...all.slice(Math.max(opens, answers)),
    ];
  });

const blocksOf = async (world: World, address: string) =>
  (await world.actions()).filter(
    ({ mechanism, target, status }) =>
      mechanism === 'waf.block-address' && target?.value === address && status !== 'dropped',
  );

type Opened = { at: string; post: Awaited<ReturnType<World['read']>>['post'] };

async function open(world: World): Promise<Opened | null> {
  if (!world.subjectsTo('ana.silva').some((subject) => subject.startsWith('Approve'))) return null;
  const { post } = await world.read(world.link('ana.silva', 'Approve'));
  return { at: world.clock.now().toISOString(), post };
}

/** An answer that counted was given on a page with every update. */
async function approveOn(world: World, page: Opened): Promise<void> {
  await page.post({ verdict: 'approve', reason: '' });
  for (const { history, approval } of await blocksOf(world, ATTACKERS[0]!))
    if (approval?.decision)
      expect(history.filter(({ event, at }) => event === NEWS && at >= page.at)).toEqual([]);
}

async function follow(world: World, all: readonly Step[]) {
  const outcomes: string[] = [];
  let page: Opened | null = null;
  for (const step of all) {
    await world.pass(1);
    if (step === 'a person opens the page') page = await open(world);
    else if (typeof step === 'object') {
      const accepted = await world.deliver(DOORS[step.door](VERSIONS[step.version]!));
      outcomes.push(...accepted.map(({ outcome }) => outcome));
    } else if (page) await approveOn(world, page);
  }
  return outcomes;
}

test('makes one alert and one question of a finding, loses no update, and counts no answer to an older page', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const world = await createWorld();
      try {
        const outcomes = await follow(world, all);
        const delivered = all.filter((step) => typeof step === 'object');
        expect(outcomes).toHaveLength(delivered.length);
        expect(outcomes).not.toContain('refused');
        const incidents = await world.incidents();
        expect(incidents).toHaveLength(1);
        const { alerts } = incidents[0]!;
        expect(alerts.length, 'only the raise is news').toBeLessThanOrEqual(2);
        const notOpened = outcomes.filter((outcome) => outcome === 'not-opened').length;
        const repeats = alerts.reduce((sum, one) => sum + one.repeats, 0);
        expect(alerts.length + repeats + notOpened).toBe(delivered.length);
        const open = delivered.filter(({ version }) => !VERSIONS[version]!.closed);
        const isHigh = open.some(({ version }) => VERSIONS[version]!.severity === 'high');
        // After a newer version closed the finding, an older one is history.
        const first = outcomes.findIndex((outcome) => outcome !== 'not-opened');
        const closedAt = delivered.findIndex(({ version }, i) => i > first && version === 3);
        const highAt = delivered.findIndex(({ version }) => version === 2);
        if (isHigh && (closedAt < 0 || highAt < closedAt))
          expect(worstOf(alerts)?.severity).toBe('high');
        if (closedAt >= 0) expect(alerts.filter(({ state }) => state === 'active')).toEqual([]);
        for (const address of ATTACKERS) {
          expect((await blocksOf(world, address)).length, address).toBeLessThanOrEqual(1);
          const questions = world
            .subjectsTo('ana.silva')
            .filter((subject) => subject.startsWith('Approve') && subject.endsWith(` ${address}`));
          expect(questions.length, address).toBeLessThanOrEqual(1);
        }
        // A closed medium finding leaves no question open.
        const [block] = await blocksOf(world, ATTACKERS[0]!);
        if (closedAt >= 0 && !isHigh) expect(block?.status).not.toBe('awaiting-approval');
      } finally {
        await world.stop();
      }
    }),
    { numRuns: Number(process.env.PROPERTY_RUNS ?? 5) },
  );
}, 240_000);
