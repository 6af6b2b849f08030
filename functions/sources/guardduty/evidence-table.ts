// Where a GuardDuty finding holds what decides, and who determines each value.
// @see https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Finding.html
import { evidenceIn, type Found, type Spec, valuesAt } from '../read-evidence.ts';
import { sequenceEvidence } from './sequence-evidence.ts';

const ACTIONS: readonly Spec[] = [
  {
    kind: 'api-call',
    at: 'awsApiCallAction',
    values: {
      api: 'api',
      service: 'serviceName',
      error: 'errorCode',
      callerType: 'callerType',
      callerAccount: 'remoteAccountDetails.accountId',
      affiliated: 'remoteAccountDetails.affiliated',
      callerService: 'remoteAccountDetails.awsServiceName',
    },
    untrusted: { userAgent: 'userAgent', domain: 'domainDetails.domain' },
  },
  {
    kind: 'kubernetes-call',
    at: 'kubernetesApiCallAction',
    values: { status: 'statusCode' },
    untrusted: {
      verb: 'verb',
      resource: 'resource',
      subresource: 'subresource',
      namespace: 'namespace',
      resourceName: 'resourceName',
      uri: 'requestUri',
      parameters: 'parameters',
      userAgent: 'userAgent',
      sourceAddresses: 'sourceIPs[]',
    },
  },
  {
    kind: 'kubernetes-call',
    at: 'kubernetesPermissionCheckedDetails',
    values: { permissionAllowed: 'allowed' },
    untrusted: { verb: 'verb', resource: 'resource', namespace: 'namespace' },
  },
  {
    kind: 'kubernetes-call',
    at: 'kubernetesRoleBindingDetails',
    values: { boundRoleKind: 'roleRefKind', bindingKind: 'kind' },
    untrusted: { boundRole: 'roleRefName', binding: 'name' },
  },
  {
    kind: 'kubernetes-call',
    at: 'kubernetesRoleDetails',
    values: { roleKind: 'kind' },
    untrusted: { role: 'name' },
  },
  {
    kind: 'connection',
    at: 'networkConnectionAction',
    values: {
      blocked: 'blocked',
      direction: 'connectionDirection',
      protocol: 'protocol',
      localPort: 'localPortDetails.port',
      remotePort: 'remotePortDetails.port',
    },
  },
  {
    kind: 'port-probe',
    at: 'portProbeAction',
    values: { blocked: 'blocked', ports: 'portProbeDetails[].localPortDetails.port' },
  },
  {
    kind: 'dns-request',
    at: 'dnsRequestAction',
    values: { blocked: 'blocked', protocol: 'protocol', vpcOwner: 'vpcOwnerAccountId' },
    untrusted: { domain: 'domain', domainWithSuffix: 'domainWithSuffix' },
  },
  {
    kind: 'login',
    at: 'rdsLoginAttemptAction.loginAttributes[]',
    values: { failed: 'failedLoginAttempts', successful: 'successfulLoginAttempts' },
    untrusted: { user: 'user', application: 'application' },
  },
];

const PROCESS = {
  name: 'name',
  path: 'executablePath',
  workingDirectory: 'pwd',
  user: 'user',
  parents: 'lineage[].executablePath',
  parentNames: 'lineage[].name',
};

const ANOMALIES = ['anomalies', 'unusualBehavior', 'profiledBehavior', 'unusual', 'userAgent'];
const about = (at: string): Spec[] => [
  { kind: 'anomaly', at, leaves: ANOMALIES },
  {
    kind: 'anomaly',
    at: `${at}.apiCalls[]`,
    values: { api: 'name', count: 'count' },
    from: 'firstSeen',
    until: 'lastSeen',
  },
  {
    kind: 'anomaly',
    at: `${at}.recentApiCalls[]`,
    values: { recentApi: 'api', count: 'count' },
  },
  {
    kind: 'anomaly',
    at,
    values: {
      unusualProtocol: 'unusualProtocol',
      inBytes: 'inBytes',
      outBytes: 'outBytes',
      localPort: 'localPort',
      remotePort: 'remotePort',
      scannedPort: 'scannedPort',
      portsScanned: 'portsScannedSample[]',
      authenticationMethod: 'authenticationMethod',
    },
    untrusted: {
      threatName: 'threatName',
      threatList: 'threatListName',
      recentCredentials: 'recentCredentials[].accessKeyId',
    },
  },
  { kind: 'anomaly', at, leaves: ['newPolicy'] },
  // Under another name, so that the two policies can be compared.
  ...[
    'minimumPasswordLength',
    'requireSymbols',
    'requireNumbers',
    'maxPasswordAge',
    'passwordReusePrevention',
  ].map(
    (field): Spec => ({
      kind: 'anomaly',
      at: `${at}.oldPolicy`,
      values: { [`${field}Before`]: field },
    }),
  ),
];

/** Below `service`, whose blocks Security Hub carries too. */
export const SERVICE_EVIDENCE: readonly Spec[] = [
  ...ACTIONS.map((spec) => ({ ...spec, at: `action.${spec.at}` })),
  ...about('additionalInfo'),
  ...about('additionalInfo.value.<json>'),
  { kind: 'anomaly', at: 'detection.anomaly', leaves: ['profiles', 'unusual'] },
  {
    kind: 'process',
    at: 'runtimeDetails.process',
    values: {
      sha256: 'executableSha256',
      euid: 'euid',
      userId: 'userId',
      pid: 'pid',
      parentEuids: 'lineage[].euid',
    },
    untrusted: PROCESS,
    from: 'startTime',
  },
  {
    kind: 'runtime',
    at: 'runtimeDetails.context',
    values: {
      toolCategory: 'toolCategory',
      moduleSha256: 'moduleSha256',
      protocolNumber: 'ianaProtocolNumber',
      addressFamily: 'addressFamily',
    },
    untrusted: {
      commandLine: 'commandLineExample',
      tool: 'toolName',
      service: 'serviceName',
      script: 'scriptPath',
      library: 'libraryPath',
      preload: 'ldPreloadValue',
      socket: 'socketPath',
      runcBinary: 'runcBinaryPath',
      releaseAgent: 'releaseAgentPath',
      mountSource: 'mountSource',
      mountTarget: 'mountTarget',
      fileSystem: 'fileSystemType',
      flags: 'flags[]',
      module: 'moduleName',
      moduleFile: 'moduleFilePath',
      shellHistory: 'shellHistoryFilePath',
      threatFile: 'threatFilePath',
      file: 'filePath',
      relatedFiles: 'relatedFilePaths[]',
    },
    from: 'modifiedAt',
  },
  ...['modifyingProcess', 'targetProcess'].map(
    (name): Spec => ({
      kind: 'process',
      at: `runtimeDetails.context.${name}`,
      values: { sha256: 'executableSha256', euid: 'euid', userId: 'userId' },
      untrusted: PROCESS,
      from: 'startTime',
    }),
  ),
  {
    kind: 'threat',
    at: 'evidence.threatIntelligenceDetails[]',
    values: { sha256: 'threatFileSha256' },
    untrusted: { threatList: 'threatListName', threatNames: 'threatNames[]' },
  },
  {
    kind: 'malware',
    at: 'ebsVolumeScanDetails',
    values: {
      severity: 'scanDetections.highestSeverityThreatDetails.severity',
      threat: 'scanDetections.highestSeverityThreatDetails.threatName',
      threats: 'scanDetections.threatDetectedByName.threatNames[].name',
      infectedFiles: 'scanDetections.threatsDetectedItemCount.files',
      scanType: 'scanType',
    },
    untrusted: {
      files: 'scanDetections.threatDetectedByName.threatNames[].filePaths[].filePath',
    },
  },
  {
    kind: 'malware',
    at: 'malwareScanDetails',
    values: {
      threats: 'threats[].name',
      scanners: 'threats[].source',
      hashes: 'threats[].hash',
      scanCategory: 'scanCategory',
      trigger: 'scanConfiguration.triggerType',
      uniqueThreats: 'uniqueThreatCount',
    },
    untrusted: {
      files: 'threats[].itemDetails[].itemPath',
      paths: 'threats[].itemPaths[].nestedItemPath',
    },
  },
  { kind: 'finding', at: '', values: { resourceRole: 'resourceRole' } },
];

/** Below `resource`. */
export const RESOURCE_EVIDENCE: readonly Spec[] = [
  {
    kind: 'resource',
    at: 'instanceDetails',
    values: {
      image: 'imageId',
      instanceType: 'instanceType',
      launched: 'launchTime',
      platform: 'platform',
      state: 'instanceState',
      securityGroups: 'networkInterfaces[].securityGroups[].groupId',
      httpTokens: 'metadataOptions.httpTokens',
      metadataHops: 'metadataOptions.httpPutResponseHopLimit',
    },
    untrusted: {
      securityGroupNames: 'networkInterfaces[].securityGroups[].groupName',
      imageDescription: 'imageDescription',
    },
  },
  {
    kind: 'resource',
    at: 's3BucketDetails[]',
    values: {
      publicAccess: 'publicAccess.effectivePermission',
      created: 'createdAt',
      encryption: 'defaultServerSideEncryption.encryptionType',
      aclPublicRead:
        'publicAccess.permissionConfiguration.bucketLevelPermissions.accessControlList.allowsPublicReadAccess',
      aclPublicWrite:
        'publicAccess.permissionConfiguration.bucketLevelPermissions.accessControlList.allowsPublicWriteAccess',
      policyPublicRead:
        'publicAccess.permissionConfiguration.bucketLevelPermissions.bucketPolicy.allowsPublicReadAccess',
      policyPublicWrite:
        'publicAccess.permissionConfiguration.bucketLevelPermissions.bucketPolicy.allowsPublicWriteAccess',
      publicPolicyBlocked:
        'publicAccess.permissionConfiguration.bucketLevelPermissions.blockPublicAccess.blockPublicPolicy',
      objectHashes: 's3ObjectDetails[].hash',
    },
    untrusted: { objects: 's3ObjectDetails[].key' },
  },
  {
    kind: 'resource',
    at: 'eksClusterDetails',
    values: { clusterStatus: 'status', created: 'createdAt' },
  },
  {
    kind: 'session',
    at: 'kubernetesDetails.kubernetesUserDetails',
    untrusted: {
      kubernetesUser: 'username',
      groups: 'groups[]',
      sessionName: 'sessionName[]',
      impersonatedUser: 'impersonatedUser.username',
      impersonatedGroups: 'impersonatedUser.groups[]',
    },
  },
  {
    kind: 'resource',
    at: 'kubernetesDetails.kubernetesWorkloadDetails',
    values: {
      hostNetwork: 'hostNetwork',
      hostPID: 'hostPID',
      hostIPC: 'hostIPC',
      privileged: 'containers[].securityContext.privileged',
      allowPrivilegeEscalation: 'containers[].securityContext.allowPrivilegeEscalation',
    },
    untrusted: {
      workloadType: 'type',
      namespace: 'namespace',
      serviceAccount: 'serviceAccountName',
      image: 'containers[].image',
      hostPath: 'volumes[].hostPath.path',
      mounts: 'containers[].volumeMounts[].mountPath',
    },
  },
  {
    kind: 'resource',
    at: 'containerDetails',
    values: {
      privileged: 'securityContext.privileged',
      allowPrivilegeEscalation: 'securityContext.allowPrivilegeEscalation',
      containerRuntime: 'containerRuntime',
    },
    untrusted: { image: 'image', mounts: 'volumeMounts[].mountPath' },
  },
  {
    kind: 'resource',
    at: 'ecsClusterDetails.taskDetails',
    values: {
      launchType: 'launchType',
      started: 'startedAt',
      privileged: 'containers[].securityContext.privileged',
    },
    untrusted: {
      startedBy: 'startedBy',
      taskDefinition: 'definitionArn',
      image: 'containers[].image',
      hostPath: 'volumes[].hostPath.path',
      group: 'group',
    },
  },
  {
    kind: 'resource',
    at: 'rdsDbInstanceDetails',
    values: { engine: 'engine', engineVersion: 'engineVersion' },
  },
  {
    kind: 'resource',
    at: 'rdsLimitlessDbDetails',
    values: { engine: 'engine', engineVersion: 'engineVersion' },
  },
  {
    kind: 'login',
    at: 'rdsDbUserDetails',
    values: { ssl: 'ssl', authMethod: 'authMethod' },
    untrusted: { user: 'user', application: 'application', database: 'database' },
  },
  {
    kind: 'resource',
    at: 'lambdaDetails',
    values: {
      modified: 'lastModifiedAt',
      version: 'functionVersion',
      securityGroups: 'vpcConfig.securityGroups[].groupId',
    },
    untrusted: { functionRole: 'role', functionDescription: 'description' },
  },
];

/** Evidence in a `service` block. `prefix` is its JSONPath. */
export const serviceEvidence = (service: unknown, prefix: string): Found[] => [
  ...evidenceIn(service, SERVICE_EVIDENCE, prefix),
  ...sequenceEvidence(valuesAt(service, 'detection.sequence')[0], `${prefix}.detection.sequence`),
];

/** Evidence in a `resource` block. */
export const resourceEvidence = (resource: unknown, prefix: string): Found[] =>
  evidenceIn(resource, RESOURCE_EVIDENCE, prefix);
