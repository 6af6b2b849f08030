// One finding per resource that GuardDuty documents for a type.
import type { FindingSpec } from '../../tools/eval/findings/spec.ts';

/** GuardDuty's labels as scores. */
export const SEVERITIES: Readonly<Record<string, number>> = {
  Low: 2,
  Medium: 5,
  High: 8,
  Critical: 9.5,
};

type Shape = { name: string; type: string; finding: FindingSpec };
type Parts = Omit<FindingSpec, 'type' | 'severity'>;

const INSTANCE = { id: 'i-0a1b2c3d4e5f60718' };
const USER = { id: 'AKIAIOSFODNN7EXAMPLE', user: 'ana', type: 'IAMUser' };
const ROLE = { id: 'ASIAIOSFODNN7EXAMPLE', user: 'web', type: 'AssumedRole', session: 'ana' };
const ROOT = { id: 'ASIAIOSFODNN7EXAMPLE', user: 'Root', type: 'Root' };
const EKS = { name: 'shop', kind: 'eks' } as const;
const ECS = { name: 'shop', kind: 'ecs' } as const;
const POD = { namespace: 'shop', name: 'web-7f', type: 'pods' };
const TASK = { id: '0123456789abcdef0123456789abcdef', image: 'web:1' };
const call = { api: 'CreateUser', service: 'iam.amazonaws.com' };
const connection = (direction: 'INBOUND' | 'OUTBOUND') => ({
  direction,
  port: direction === 'INBOUND' ? 22 : 49_122,
  remotePort: direction === 'INBOUND' ? 49_122 : 22,
  protocol: 'TCP',
});
const INBOUND = /SSHBruteForce|RDPBruteForce|PortProbe|MaliciousIPCaller/;
const BOTH = /SSHBruteForce|RDPBruteForce|MaliciousIPCaller/;

function ec2(type: string): Record<string, Parts> {
  const instance = INSTANCE;
  if (/!(AMI|Snapshot|RecoveryPoint)$/.test(type))
    return { stored: { stored: storedIn(type), malware: { threats: ['EICAR'], files: [] } } };
  if (/File$/.test(type)) return { host: { instance, malware: { threats: ['EICAR'], files: [] } } };
  if (/!DNS$|Domain|DNS/.test(type))
    return { host: { instance, dns: { domain: 'bad.example.net' }, role: 'ACTOR' } };
  const inbound = { instance, connection: connection('INBOUND') };
  const outbound = { instance, connection: connection('OUTBOUND'), role: 'ACTOR' as const };
  if (BOTH.test(type)) return { inbound, outbound };
  return INBOUND.test(type) ? { inbound } : { outbound };
}

const storedIn = (type: string) => {
  if (type.endsWith('!AMI'))
    return 'arn:aws:ec2:eu-central-1:111122223333:image/ami-0123456789abcdef0';
  return type.endsWith('!Snapshot')
    ? 'arn:aws:ec2:eu-central-1::snapshot/snap-0123456789abcdef0'
    : 'arn:aws:backup:eu-central-1:111122223333:recovery-point:0123';
};

const RESOURCES: Readonly<Record<string, (type: string) => Record<string, Parts>>> = {
  EC2: ec2,
  IAMUser: (type) =>
    /Root/.test(type)
      ? { root: { key: ROOT, call } }
      : /CredentialExfiltration/.test(type)
        ? { role: { key: ROLE, call } }
        : { user: { key: USER, call }, role: { key: ROLE, call } },
  S3: (type): Record<string, Parts> => {
    const bucket = { name: 'shop-orders', objects: ['a.zip'] };
    const malware = { threats: ['EICAR'], files: ['a.zip'] };
    if (type.startsWith('Object:')) return { object: { bucket, malware } };
    if (type.endsWith('!RecoveryPoint')) return { stored: { stored: storedIn(type), malware } };
    const data = { api: 'DeleteObject', service: 's3.amazonaws.com' };
    return { user: { bucket, key: USER, call: data }, role: { bucket, key: ROLE, call: data } };
  },
  RDS: (type) => ({
    login: {
      database: { id: 'orders', user: 'admin' },
      login: { user: 'admin', failed: 9, successful: /Successful/.test(type) ? 1 : 0 },
    },
  }),
  Lambda: () => ({
    function: { function: { name: 'checkout' }, connection: connection('OUTBOUND') },
  }),
  Kubernetes: (type) =>
    /File$/.test(type)
      ? { pod: { cluster: EKS, workload: POD, malware: { threats: ['EICAR'], files: [] } } }
      : {
          pod: {
            cluster: EKS,
            workload: POD,
            kubernetesUser: { name: 'ana', groups: [] },
            kubernetes: { verb: 'create', uri: '/api/v1/pods', agent: 'kubectl', status: 201 },
          },
          cluster: {
            cluster: EKS,
            kubernetesUser: { name: 'ana', groups: [] },
            kubernetes: { verb: 'list', uri: '/api/v1/secrets', agent: 'kubectl', status: 200 },
          },
        },
  ECS: () => ({ task: { cluster: ECS, task: TASK, malware: { threats: ['EICAR'], files: [] } } }),
  Container: () => ({
    container: { instance: INSTANCE, container: { name: 'web', image: 'web:1' } },
  }),
  Runtime: () => {
    const runtime = { process: 'sh', path: '/bin/sh', user: 'root' };
    return {
      host: { instance: INSTANCE, runtime },
      pod: { cluster: EKS, workload: POD, runtime },
      task: { cluster: ECS, task: TASK, runtime },
    };
  },
};

const sequence = (type: string): Parts => ({
  sequence: {
    actors: /IAM|S3/.test(type)
      ? [{ user: 'ana', key: 'AKIAIOSFODNN7EXAMPLE', type: 'IAMUser' }]
      : [],
    endpoints: ['203.0.113.160'],
    resources: [
      ...(/EKS/.test(type)
        ? [{ type: 'EKS_CLUSTER', uid: 'arn:aws:eks:eu-central-1:111122223333:cluster/shop' }]
        : []),
      ...(/ECS/.test(type)
        ? [{ type: 'ECS_CLUSTER', uid: 'arn:aws:ecs:eu-central-1:111122223333:cluster/shop' }]
        : []),
      ...(/EC2/.test(type)
        ? [
            {
              type: 'EC2_INSTANCE',
              uid: 'arn:aws:ec2:eu-central-1:111122223333:instance/i-0a1b2c3d4e5f60718',
            },
          ]
        : []),
    ],
    signals: [{ name: 'Execution:Runtime/ReverseShell', type: 'FINDING', severity: 8 }],
  },
});

export function documentedShapes(type: string): Shape[] {
  const [, resource = ''] = /:([A-Za-z0-9]+)\//.exec(type) ?? [];
  const parts = type.startsWith('AttackSequence:')
    ? { sequence: sequence(type) }
    : (RESOURCES[resource]?.(type) ?? {});
  return Object.entries(parts).map(([name, part]) => ({
    name,
    type,
    finding: { ...part, type, severity: 5 },
  }));
}
