// The contract of flow logs, on the stand-in and on moto's EC2.
import { type DescribeFlowLogsCommandOutput, EC2, type FlowLog } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inMemory } from '../../../local/aws/state-file.ts';
import { contract, type Ground } from '../../../test/contract/mechanism-contract.ts';
import { subjectOn, theInstance } from '../../../test/fixtures/case.ts';
import { type Moto, startMoto } from '../../../test/moto/moto-server.ts';
import {
  Conflict,
  InvalidInput,
  NotFound,
  QuotaExceeded,
  StateChanged,
  Unavailable,
} from '../../domain/errors.ts';
import { type FlowLogApi, type FlowLogClients, TAG } from './flow-logs.ts';
import { recordFlows } from './interface-flows.ts';
import { createFlowLogs, LOCAL_FLOW_LOGS, NO_FLOW_LOGS } from './stand-in.ts';

const INTERFACE = 'eni-0f1e2d3c4b5a69788';
const subjectAt = (interfaceId: string) => subjectOn(theInstance, { parameters: { interfaceId } });
const subject = subjectAt(INTERFACE);
const theirs = (interfaceId: string, LogGroupName: string) => ({
  ResourceType: 'NetworkInterface' as const,
  ResourceIds: [interfaceId],
  TrafficType: 'ALL' as const,
  LogGroupName,
  DeliverLogsPermissionArn: 'arn:aws:iam::111122223333:role/network-team',
});

const listed = async (ec2: FlowLogApi): Promise<FlowLog[]> =>
  (await ec2.describeFlowLogs({})).FlowLogs ?? [];

/** Compares what is recorded, for which interface and to where. IDs and times differ between runs. */
const inWords = ({
  ResourceId,
  TrafficType,
  LogGroupName,
  MaxAggregationInterval,
  Tags,
}: FlowLog) =>
  JSON.stringify([ResourceId, TrafficType, LogGroupName, MaxAggregationInterval, Tags ?? []]);

function groundOn(
  ec2: FlowLogApi,
  interfaceId: string,
  deleteTarget: () => Promise<void>,
): Ground<FlowLogClients> {
  return {
    clients: (wrap) => ({
      ec2: wrap(ec2),
      destination: LOCAL_FLOW_LOGS,
      sleep: async () => {},
    }),
    snapshot: async () => (await listed(ec2)).map(inWords).sort(),
    othersAdd: async () =>
      void (await ec2.createFlowLogs(theirs(interfaceId, 'flows-of-the-network-team'))),
    deleteTarget,
    othersUndo: async () => {
      const ours = (await listed(ec2)).filter(({ Tags }) => Tags?.some(({ Key }) => Key === TAG));
      await ec2.deleteFlowLogs({ FlowLogIds: ours.map(({ FlowLogId = '' }) => FlowLogId) });
    },
  };
}

const standIn = () => createFlowLogs(inMemory(NO_FLOW_LOGS), () => [INTERFACE]);

contract('flow-log.interface on the stand-in', {
  mechanism: recordFlows,
  subject,
  setup: async () => {
    const interfaces = [INTERFACE];
    const file = inMemory(NO_FLOW_LOGS);
    // EC2 removes the flow logs of a deleted interface.
    const deleteTarget = async () => {
      interfaces.length = 0;
      file.write({ ...file.read(), flowLogs: [] });
    };
    return groundOn(
      createFlowLogs(file, () => interfaces),
      INTERFACE,
      deleteTarget,
    );
  },
});

describe('on moto', () => {
  let moto: Moto;
  let ec2: EC2;
  let subnetId: string | undefined;
  // The ID of the interface is filled in once moto has created it.
  const inMoto = { ...subject };
  beforeAll(async () => {
    moto = await startMoto();
    ec2 = new EC2(moto.clientConfig);
    const { Vpc } = await ec2.createVpc({ CidrBlock: '10.0.0.0/16' });
    const { Subnet } = await ec2.createSubnet({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' });
    subnetId = Subnet?.SubnetId;
  });
  afterAll(async () => {
    ec2?.destroy();
    await moto?.stop();
  });

  async function emptied(): Promise<Ground<FlowLogClients>> {
    const ids = (await listed(ec2)).map(({ FlowLogId = '' }) => FlowLogId);
    if (ids.length > 0) await ec2.deleteFlowLogs({ FlowLogIds: ids });
    const interfaceId = await interfaceInMoto();
    inMoto.parameters = { interfaceId };
    return groundOn(ec2, interfaceId, async () => {
      await ec2.deleteNetworkInterface({ NetworkInterfaceId: interfaceId });
      // moto keeps the flow logs.
      const left = (await listed(ec2)).map(({ FlowLogId = '' }) => FlowLogId);
      if (left.length > 0) await ec2.deleteFlowLogs({ FlowLogIds: left });
    });
  }

  /** The interface of the test before may have been deleted. Snapshots name it. */
  async function interfaceInMoto(): Promise<string> {
    const { NetworkInterfaces = [] } = await ec2.describeNetworkInterfaces({
      Filters: [{ Name: 'subnet-id', Values: [subnetId ?? ''] }],
    });
    const found = NetworkInterfaces[0];
    const made =
      found ?? (await ec2.createNetworkInterface({ SubnetId: subnetId })).NetworkInterface;
    return made?.NetworkInterfaceId ?? '';
  }

  contract('flow-log.interface on moto', {
    mechanism: recordFlows,
    subject: inMoto,
    setup: emptied,
  });
});

const driverOn = (ec2: FlowLogApi) => {
  const waits: number[] = [];
  const driver = recordFlows.connect({
    ec2,
    destination: LOCAL_FLOW_LOGS,
    sleep: async (ms) => void waits.push(ms),
  });
  return { driver, waits };
};

test('records all traffic per minute with TCP flags, and tags the flow log with its action', async () => {
  const ec2 = standIn();
  const { driver } = driverOn(ec2);
  await driver.apply(subject, await driver.capture(subject));
  expect(await listed(ec2)).toMatchObject([
    {
      ResourceId: INTERFACE,
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogFormat: expect.stringMatching(/^\$\{version\} .* \$\{tcp-flags\} \$\{flow-direction\}$/),
      LogGroupName: LOCAL_FLOW_LOGS.logGroupName,
      DeliverLogsPermissionArn: LOCAL_FLOW_LOGS.deliveryRoleArn,
      Tags: [
        { Key: TAG, Value: subject.actionId },
        { Key: 'countermand-incident', Value: subject.incidentId },
      ],
    },
  ]);
});

describe('an interface with two other flow logs', () => {
  const full = async () => {
    const ec2 = standIn();
    await ec2.createFlowLogs(theirs(INTERFACE, 'a'));
    await ec2.createFlowLogs(theirs(INTERFACE, 'b'));
    return ec2;
  };

  test('throws QuotaExceeded with the IDs of two other flow logs before calling AWS', async () => {
    const ec2 = await full();
    const asked: unknown[] = [];
    const { driver } = driverOn({
      ...ec2,
      createFlowLogs: async (request: unknown) => void asked.push(request),
    } as unknown as FlowLogApi);
    const before = await driver.capture(subject);
    const refused = driver.apply(subject, before);
    await expect(refused).rejects.toThrow(QuotaExceeded);
    await expect(refused).rejects.toThrow(before.others.join(', '));
    expect(asked).toEqual([]);
    expect(await listed(ec2)).toHaveLength(2);
  });
});

describe('an error inside a response', () => {
  const answering = (Code: string) =>
    driverOn({
      ...standIn(),
      createFlowLogs: async () => ({
        Unsuccessful: [{ ResourceId: INTERFACE, Error: { Code, Message: 'no' } }],
        $metadata: {},
      }),
    } as unknown as FlowLogApi).driver;

  test.each([
    ['FlowLogsLimitExceeded', QuotaExceeded],
    ['FlowLogAlreadyExists', Conflict],
    ['InvalidNetworkInterfaceID.NotFound', NotFound],
    ['SomethingNewAndWrong', InvalidInput],
    ['400', InvalidInput],
    ['503', Unavailable],
  ])('throws a typed error for %s', async (code, becomes) => {
    await expect(answering(code).apply(subject, { ours: [], others: [] })).rejects.toThrow(becomes);
  });

  test('throws NotFound for an interface that no longer exists', async () => {
    const { driver } = driverOn(createFlowLogs(inMemory(NO_FLOW_LOGS), () => []));
    await expect(driver.apply(subject, { ours: [], others: [] })).rejects.toThrow(NotFound);
  });
});

test('waits until EC2 shows the created flow log, and until it no longer shows a deleted one', async () => {
  const ec2 = standIn();
  let stale = 0;
  let old: DescribeFlowLogsCommandOutput = { FlowLogs: [], $metadata: {} };
  const slow = {
    ...ec2,
    describeFlowLogs: async () => (stale-- > 0 ? old : ec2.describeFlowLogs({})),
  } as unknown as FlowLogApi;
  const { driver, waits } = driverOn(slow);
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  stale = 3;
  expect((await driver.verify(subject, before)).holds).toBe(true);
  expect(waits).toHaveLength(3);
  old = await ec2.describeFlowLogs({});
  await driver.revert(subject, before);
  stale = 3;
  expect((await driver.verifyReverted(subject, before)).holds).toBe(true);
  // EC2 may list a flow log for some time after its deletion; deleting it again succeeds.
  stale = 1;
  await driver.revert(subject, before);
});

test('creates no second flow log for the same action while EC2 does not show the first', async () => {
  const ec2 = standIn();
  const blind = {
    ...ec2,
    describeFlowLogs: async () => ({ FlowLogs: [], $metadata: {} }),
  } as unknown as FlowLogApi;
  const { driver } = driverOn(blind);
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  await driver.apply(subject, before);
  expect(await listed(ec2)).toHaveLength(1);
});

test('throws StateChanged on revert when the tag of our flow log was removed', async () => {
  const file = inMemory(NO_FLOW_LOGS);
  const { driver } = driverOn(createFlowLogs(file, () => [INTERFACE]));
  const before = await driver.capture(subject);
  await driver.apply(subject, before);
  const state = file.read();
  file.write({ ...state, flowLogs: state.flowLogs.map((one) => ({ ...one, tags: [] })) });
  const refused = driver.revert(subject, before);
  await expect(refused).rejects.toThrow(StateChanged);
  await expect(refused).rejects.toThrow(
    "fl-00000000000000001 writes to this stack's log group without its tag",
  );
  expect(file.read().flowLogs).toHaveLength(1);
});

test('verifies a flow log that cannot deliver, and reports the delivery error', async () => {
  const ec2 = standIn();
  const failing = {
    ...ec2,
    describeFlowLogs: async () => ({
      FlowLogs: (await listed(ec2)).map((one) => ({
        ...one,
        DeliverLogsStatus: 'FAILED',
        DeliverLogsErrorMessage: 'Access error',
      })),
      $metadata: {},
    }),
  } as unknown as FlowLogApi;
  const { driver } = driverOn(failing);
  await driver.apply(subject, { ours: [], others: [] });
  expect(await driver.verify(subject, { ours: [], others: [] })).toEqual({
    holds: true,
    found: expect.stringContaining('cannot deliver: Access error'),
  });
});
