// A Security Hub finding in ASFF as a draft of an alert.
// @see https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format-syntax.html
import { z } from 'zod';
import type { EntityKind } from '../domain/alert.ts';
import { InvalidInput } from '../domain/errors.ts';
import type { Draft } from './draft.ts';
import { type Collector, createCollector } from './entities.ts';
import {
  directionOf,
  guardDutyType,
  layerOfPort,
  list,
  number,
  opt,
  portOf,
  severityFromLabel,
  severityOf,
  text,
} from './read.ts';
import type { Finding } from './unwrap.ts';

const RemoteIp = opt(z.looseObject({ IpAddressV4: text }));
const AsffFinding = z.looseObject({
  Id: text,
  Types: list(z.string().min(1)),
  GeneratorId: text,
  AwsAccountId: text,
  Region: text,
  Title: text,
  Description: text,
  Severity: opt(z.looseObject({ Label: text, Normalized: number, Product: number })),
  CreatedAt: text,
  UpdatedAt: text,
  FirstObservedAt: text,
  LastObservedAt: text,
  RecordState: text,
  Sample: opt(z.boolean()),
  ProductFields: opt(z.record(z.string(), z.unknown())),
  Compliance: opt(z.looseObject({ Status: text })),
  Network: opt(
    z.looseObject({
      Direction: text,
      Protocol: text,
      SourceIpV4: text,
      SourceIpV6: text,
      DestinationPort: number,
    }),
  ),
  Action: opt(
    z.looseObject({
      NetworkConnectionAction: opt(
        z.looseObject({
          ConnectionDirection: text,
          Protocol: text,
          RemoteIpDetails: RemoteIp,
          LocalPortDetails: opt(z.looseObject({ Port: number })),
        }),
      ),
      AwsApiCallAction: opt(z.looseObject({ RemoteIpDetails: RemoteIp })),
      PortProbeAction: opt(
        z.looseObject({
          PortProbeDetails: list(
            z.looseObject({
              RemoteIpDetails: RemoteIp,
              LocalPortDetails: opt(z.looseObject({ Port: number })),
            }),
          ),
        }),
      ),
      DnsRequestAction: opt(z.looseObject({ Domain: text })),
    }),
  ),
  Resources: list(
    z.looseObject({
      Type: text,
      Id: text,
      Details: opt(
        z.looseObject({
          AwsIamAccessKey: opt(
            z.looseObject({
              AccessKeyId: text,
              PrincipalName: text,
              PrincipalType: text,
              UserName: text,
            }),
          ),
          AwsEc2Instance: opt(z.looseObject({ SubnetId: text, VpcId: text })),
        }),
      ),
    }),
  ),
});
type AsffFinding = z.infer<typeof AsffFinding>;

/** Throws InvalidInput when it has neither a type nor a generator. */
export function readAsff({ body, path, envelope }: Finding): Draft {
  const parsed = AsffFinding.safeParse(body);
  if (!parsed.success)
    throw new InvalidInput(`${path}: ${z.prettifyError(parsed.error)}`.slice(0, 500));
  const finding = parsed.data;
  const type = typeOf(finding);
  if (!type) throw new InvalidInput(`${path}.Types: expected at least one type`);
  const collector = createCollector();
  const traffic = addAction(collector, finding, path);
  addProductFields(collector, finding.ProductFields, path);
  addResources(collector, finding, path);
  const { Severity, Types } = finding;
  return {
    source: 'securityhub-asff',
    findingId: finding.Id,
    type,
    title: finding.Title,
    description: finding.Description,
    severity:
      severityFromLabel(Severity?.Label) ??
      (typeof Severity?.Normalized === 'number' ? severityOf(Severity.Normalized / 10) : null) ??
      (typeof Severity?.Product === 'number' ? severityOf(Severity.Product) : null),
    accounts: [finding.AwsAccountId, envelope.account],
    regions: [finding.Region, envelope.region, finding.Id?.split(':')[3]],
    times: {
      first: finding.FirstObservedAt ?? finding.CreatedAt,
      last: finding.LastObservedAt,
      updated: finding.UpdatedAt ?? envelope.time,
    },
    count: Number(finding.ProductFields?.['aws/guardduty/service/count'] ?? 1),
    sample: finding.Sample === true,
    archived: finding.RecordState === 'ARCHIVED',
    traffic,
    collector,
    notes:
      Types.length > 1
        ? [
            `Further types: ${Types.slice(1)
              .map(({ one }) => one)
              .join('; ')}`,
          ]
        : [],
  };
}

/** GuardDuty's own name of the type where Security Hub carries it, so that both ways of delivery agree. */
const typeOf = ({ Types, GeneratorId }: AsffFinding): string | null =>
  guardDutyType(Types.map(({ one }) => one)) ?? Types[0]?.one ?? GeneratorId ?? null;

function addAction(
  collector: Collector,
  { Action, Network }: AsffFinding,
  path: string,
): Draft['traffic'] {
  const address = (value: string | null | undefined, at: string) =>
    collector.add({ kind: 'ip', value, part: 'actor', path: `${path}.${at}` });
  const connection = Action?.NetworkConnectionAction;
  address(
    connection?.RemoteIpDetails?.IpAddressV4,
    'Action.NetworkConnectionAction.RemoteIpDetails.IpAddressV4',
  );
  address(
    Action?.AwsApiCallAction?.RemoteIpDetails?.IpAddressV4,
    'Action.AwsApiCallAction.RemoteIpDetails.IpAddressV4',
  );
  const probes = Action?.PortProbeAction?.PortProbeDetails ?? [];
  for (const { one, index } of probes)
    address(
      one.RemoteIpDetails?.IpAddressV4,
      `Action.PortProbeAction.PortProbeDetails[${index}].RemoteIpDetails.IpAddressV4`,
    );
  const domain = Action?.DnsRequestAction?.Domain;
  collector.add({
    kind: 'domain',
    value: domain,
    part: 'actor',
    path: `${path}.Action.DnsRequestAction.Domain`,
  });
  const inbound = directionOf(Network?.Direction) === 'inbound';
  if (inbound) {
    address(Network?.SourceIpV4, 'Network.SourceIpV4');
    address(Network?.SourceIpV6, 'Network.SourceIpV6');
  }
  const port = portOf(
    connection?.LocalPortDetails?.Port ??
      probes[0]?.one.LocalPortDetails?.Port ??
      (inbound ? Network?.DestinationPort : null),
  );
  if (connection || probes.length > 0 || Network)
    return {
      layer: layerOfPort(port),
      direction:
        probes.length > 0
          ? 'inbound'
          : directionOf(connection?.ConnectionDirection ?? Network?.Direction),
      localPort: port,
      protocol: connection?.Protocol ?? Network?.Protocol ?? null,
    };
  const layer = domain ? 'dns' : Action?.AwsApiCallAction ? 'aws-api' : 'unknown';
  return { layer, direction: 'unknown', localPort: null, protocol: null };
}

/** GuardDuty findings in ASFF carry the remote address only as a flattened field, with slashes or dots. */
function addProductFields(
  collector: Collector,
  fields: AsffFinding['ProductFields'],
  path: string,
): void {
  for (const [name, value] of Object.entries(fields ?? {}))
    if (/remoteIpDetails[./]ipAddressV[46]$/i.test(name) && typeof value === 'string')
      collector.add({
        kind: 'ip',
        value,
        part: 'actor',
        path: `${path}.ProductFields['${name}']`.slice(0, 512),
      });
}

const KINDS: Readonly<Record<string, EntityKind>> = {
  AwsEc2Instance: 'instance',
  AwsS3Bucket: 'bucket',
  AwsIamAccessKey: 'access-key',
  AwsIamUser: 'iam-user',
  AwsIamRole: 'iam-role',
  AwsLambdaFunction: 'function',
  AwsRdsDbInstance: 'database',
  AwsEksCluster: 'cluster',
  AwsEcsCluster: 'cluster',
  AwsEc2NetworkInterface: 'network-interface',
  Container: 'workload',
};

function addResources(collector: Collector, { Resources }: AsffFinding, path: string): void {
  for (const { one, index } of Resources) {
    // The account is where it happened, not a thing to act on.
    if (one.Type === 'AwsAccount') continue;
    const kind = KINDS[one.Type ?? ''] ?? 'resource';
    const key = one.Details?.AwsIamAccessKey;
    const instance = one.Details?.AwsEc2Instance;
    const holder = key?.UserName ?? key?.PrincipalName;
    const value =
      kind === 'access-key'
        ? (key?.AccessKeyId ?? lastPart(one.Id))
        : kind === 'resource'
          ? one.Id
          : lastPart(one.Id);
    collector.add({
      kind,
      value,
      part: kind === 'access-key' || kind === 'iam-user' ? 'actor' : 'target',
      path: `${path}.Resources[${index}].Id`,
      attributes: {
        arn: one.Id,
        resourceType: one.Type,
        userName: holder,
        userType: key?.PrincipalType,
        subnetIds: instance?.SubnetId,
        vpcIds: instance?.VpcId,
      },
    });
    if (key?.PrincipalType === 'IAMUser' || key?.UserName)
      collector.add({
        kind: 'iam-user',
        value: holder,
        part: 'actor',
        path: `${path}.Resources[${index}].Details.AwsIamAccessKey`,
      });
  }
}

/** The name in an ARN or in `AWS::IAM::AccessKey:AKIA...`. */
const lastPart = (id: string | null | undefined) => {
  const last = id?.split(/[:/]/).filter(Boolean).at(-1);
  // Security Hub writes this where the finding has no key.
  return last === 'null' ? null : last;
};
