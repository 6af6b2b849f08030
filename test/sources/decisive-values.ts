// One finding per family, with the values that decide about it.
import type { EvidenceKind } from '../../functions/domain/evidence.ts';

/** A finding of GuardDuty about the family, and what must be in its evidence. */
export type Family = {
  family: string;
  type: string;
  service?: object;
  resource?: object;
  /** Kind, name and value. */
  decides: readonly (readonly [EvidenceKind, string, string])[];
};

const remoteIpDetails = { ipAddressV4: '203.0.113.77' };
const anomalies = {
  anomalies: { anomalousAPIs: 'iam.amazonaws.com:[CreateUser:success, AttachUserPolicy:success]' },
  profiledBehavior: { frequentProfiledAPIsUserIdentityProfiling: 's3.amazonaws.com:[GetObject]' },
  unusualBehavior: { isUnusualUserIdentity: 'false', unusualASNsUserIdentity: 'asnNumber: 64500' },
};

export const FAMILIES: readonly Family[] = [
  {
    family: 'an API call',
    type: 'UnauthorizedAccess:IAMUser/TorIPCaller',
    service: {
      resourceRole: 'TARGET',
      action: {
        actionType: 'AWS_API_CALL',
        awsApiCallAction: {
          api: 'CreateUser',
          serviceName: 'iam.amazonaws.com',
          errorCode: 'AccessDenied',
          callerType: 'Remote IP',
          remoteAccountDetails: { accountId: '444455556666', affiliated: false },
          userAgent: 'aws-cli/2.15.0 md/linux',
          remoteIpDetails,
        },
      },
    },
    resource: {
      resourceType: 'AccessKey',
      accessKeyDetails: { accessKeyId: 'AKIAEXAMPLE0000000000' },
    },
    decides: [
      ['api-call', 'api', 'CreateUser'],
      ['api-call', 'service', 'iam.amazonaws.com'],
      ['api-call', 'error', 'AccessDenied'],
      ['api-call', 'callerType', 'Remote IP'],
      ['api-call', 'callerAccount', '444455556666'],
      ['api-call', 'affiliated', 'false'],
      ['api-call', 'userAgent', 'aws-cli/2.15.0 md/linux'],
      ['finding', 'resourceRole', 'TARGET'],
    ],
  },
  {
    family: 'unusual behaviour',
    type: 'Persistence:IAMUser/AnomalousBehavior',
    service: {
      additionalInfo: { value: JSON.stringify(anomalies), type: 'default' },
    },
    decides: [
      [
        'anomaly',
        'anomalousAPIs',
        'iam.amazonaws.com:[CreateUser:success, AttachUserPolicy:success]',
      ],
      ['anomaly', 'frequentProfiledAPIsUserIdentityProfiling', 's3.amazonaws.com:[GetObject]'],
      ['anomaly', 'isUnusualUserIdentity', 'false'],
      ['anomaly', 'unusualASNsUserIdentity', 'asnNumber: 64500'],
    ],
  },
  {
    family: 'a list of API calls',
    type: 'Recon:IAMUser/UserPermissions',
    service: {
      additionalInfo: { apiCalls: [{ name: 'ListUsers', count: 9, firstSeen: 1795488000 }] },
    },
    decides: [
      ['anomaly', 'api', 'ListUsers'],
      ['anomaly', 'count', '9'],
    ],
  },
  {
    family: 'a connection',
    type: 'UnauthorizedAccess:EC2/SSHBruteForce',
    service: {
      action: {
        networkConnectionAction: {
          blocked: true,
          connectionDirection: 'INBOUND',
          protocol: 'TCP',
          localPortDetails: { port: 22 },
          remotePortDetails: { port: 51022 },
          remoteIpDetails,
        },
      },
    },
    resource: {
      instanceDetails: {
        instanceId: 'i-0bb2cc3dd4ee5ff60',
        launchTime: '2026-11-24T01:00:00.000Z',
        imageId: 'ami-0123456789abcdef0',
        metadataOptions: { httpTokens: 'optional' },
        networkInterfaces: [{ securityGroups: [{ groupId: 'sg-0123456789abcdef0' }] }],
      },
    },
    decides: [
      ['connection', 'blocked', 'true'],
      ['connection', 'direction', 'INBOUND'],
      ['connection', 'localPort', '22'],
      ['connection', 'remotePort', '51022'],
      ['resource', 'securityGroups', 'sg-0123456789abcdef0'],
      ['resource', 'image', 'ami-0123456789abcdef0'],
      ['resource', 'launched', '2026-11-24T01:00:00.000Z'],
      ['resource', 'httpTokens', 'optional'],
    ],
  },
  {
    family: 'a port probe',
    type: 'Recon:EC2/PortProbeUnprotectedPort',
    service: {
      action: {
        portProbeAction: {
          blocked: false,
          portProbeDetails: [{ localPortDetails: { port: 443 }, remoteIpDetails }],
        },
      },
    },
    decides: [
      ['port-probe', 'blocked', 'false'],
      ['port-probe', 'ports', '443'],
    ],
  },
  {
    family: 'a DNS request',
    type: 'Backdoor:EC2/C&CActivity.B!DNS',
    service: {
      action: { dnsRequestAction: { domain: 'c2.example.net', blocked: true, protocol: 'UDP' } },
      evidence: {
        threatIntelligenceDetails: [{ threatListName: 'ProofPoint', threatNames: ['Scanner'] }],
      },
    },
    decides: [
      ['dns-request', 'blocked', 'true'],
      ['dns-request', 'domain', 'c2.example.net'],
      ['threat', 'threatList', 'ProofPoint'],
      ['threat', 'threatNames', 'Scanner'],
    ],
  },
  {
    family: 'a call to Kubernetes',
    type: 'Execution:Kubernetes/ExecInKubeSystemPod',
    service: {
      action: {
        kubernetesApiCallAction: {
          verb: 'create',
          statusCode: 101,
          namespace: 'kube-system',
          subresource: 'exec',
          requestUri: '/api/v1/namespaces/kube-system/pods/x/exec',
          parameters: 'command=%2Fbin%2Fsh',
          remoteIpDetails,
        },
      },
    },
    resource: {
      kubernetesDetails: {
        kubernetesUserDetails: {
          username: 'ci',
          groups: ['system:masters'],
          impersonatedUser: { username: 'root' },
        },
        kubernetesWorkloadDetails: {
          name: 'web',
          hostNetwork: true,
          hostPID: true,
          containers: [{ image: 'evil:1', securityContext: { privileged: true } }],
          volumes: [{ hostPath: { path: '/var/run/docker.sock' } }],
        },
      },
    },
    decides: [
      ['kubernetes-call', 'status', '101'],
      ['kubernetes-call', 'verb', 'create'],
      ['kubernetes-call', 'namespace', 'kube-system'],
      ['kubernetes-call', 'subresource', 'exec'],
      ['kubernetes-call', 'parameters', 'command=%2Fbin%2Fsh'],
      ['session', 'groups', 'system:masters'],
      ['session', 'impersonatedUser', 'root'],
      ['resource', 'privileged', 'true'],
      ['resource', 'hostNetwork', 'true'],
      ['resource', 'hostPID', 'true'],
      ['resource', 'hostPath', '/var/run/docker.sock'],
      ['resource', 'image', 'evil:1'],
    ],
  },
  {
    family: 'database logins',
    type: 'CredentialAccess:RDS/AnomalousBehavior.SuccessfulBruteForce',
    service: {
      action: {
        rdsLoginAttemptAction: {
          remoteIpDetails,
          LoginAttributes: [
            {
              user: 'admin',
              application: 'psql',
              failedLoginAttempts: 900,
              successfulLoginAttempts: 1,
            },
          ],
        },
      },
    },
    resource: { rdsDbUserDetails: { user: 'admin', authMethod: 'password', ssl: 'none' } },
    decides: [
      ['login', 'failed', '900'],
      ['login', 'successful', '1'],
      ['login', 'user', 'admin'],
      ['login', 'authMethod', 'password'],
    ],
  },
  {
    family: 'a process',
    type: 'Execution:Runtime/ReverseShell',
    service: {
      runtimeDetails: {
        process: {
          name: 'bash',
          executablePath: '/usr/bin/bash',
          executableSha256: 'ab'.repeat(32),
          euid: 0,
          lineage: [{ executablePath: '/usr/sbin/nginx' }],
        },
        context: {
          commandLineExample: 'bash -i',
          toolCategory: 'Pentest',
          scriptPath: '/tmp/x.sh',
        },
      },
    },
    resource: {
      containerDetails: { name: 'web', image: 'shop:7', securityContext: { privileged: true } },
    },
    decides: [
      ['process', 'name', 'bash'],
      ['process', 'euid', '0'],
      ['process', 'parents', '/usr/sbin/nginx'],
      ['process', 'sha256', 'ab'.repeat(32)],
      ['runtime', 'commandLine', 'bash -i'],
      ['runtime', 'toolCategory', 'Pentest'],
      ['runtime', 'script', '/tmp/x.sh'],
      ['resource', 'privileged', 'true'],
    ],
  },
  {
    family: 'a bucket',
    type: 'Policy:S3/BucketPublicAccessGranted',
    resource: {
      s3BucketDetails: [{ name: 'invoices', publicAccess: { effectivePermission: 'PUBLIC' } }],
    },
    decides: [['resource', 'publicAccess', 'PUBLIC']],
  },
  {
    family: 'malware',
    type: 'Execution:EC2/MaliciousFile',
    service: {
      ebsVolumeScanDetails: {
        scanDetections: {
          threatsDetectedItemCount: { files: 3 },
          highestSeverityThreatDetails: { severity: 'HIGH', threatName: 'EICAR-Test-File' },
        },
      },
    },
    decides: [
      ['malware', 'severity', 'HIGH'],
      ['malware', 'threat', 'EICAR-Test-File'],
      ['malware', 'infectedFiles', '3'],
    ],
  },
  {
    family: 'an attack sequence',
    type: 'AttackSequence:IAM/CompromisedCredentials',
    service: {
      detection: {
        sequence: {
          actors: [
            {
              id: 'a1',
              user: { name: 'deploy', type: 'IAMUser', credentialUid: 'AKIAEXAMPLE0000000000' },
              session: { mfaStatus: 'DISABLED', createdTime: 1795488000000 },
            },
          ],
          endpoints: [{ id: 'e1', ip: '203.0.113.77' }],
          signals: [
            {
              name: 'cloudtrail:DeleteTrail',
              severity: 8,
              count: 4,
              firstSeenAt: 1795488060000,
              actorIds: ['a1'],
              endpointIds: ['e1'],
              signalIndicators: [{ key: 'HIGH_RISK_API', values: ['cloudtrail:DeleteTrail'] }],
            },
          ],
          sequenceIndicators: [{ key: 'TOR_IP', values: ['203.0.113.77'] }],
        },
      },
    },
    decides: [
      ['signal', 'signal', 'cloudtrail:DeleteTrail'],
      ['signal', 'severity', '8'],
      ['signal', 'count', '4'],
      ['signal', 'indicators', 'HIGH_RISK_API'],
      ['indicator', 'indicator', 'TOR_IP'],
      ['session', 'mfa', 'DISABLED'],
    ],
  },
];

export const findingOf = ({ type, service = {}, resource = {} }: Family) => ({
  schemaVersion: '2.0',
  accountId: '111122223333',
  region: 'eu-central-1',
  id: 'f-1',
  type,
  severity: 5,
  resource,
  service,
});
