// Names for parts of a configuration in AWS Config, and what their change did.
import * as z from 'zod/mini';
import type { ConfigEffect, ConfigPart } from '../domain/config-changes.ts';

/**
 * By the name of AWS's schema. Other parts are counted.
 * @see https://github.com/awslabs/aws-config-resource-schema
 */
const PARTS: ReadonlyMap<string, ConfigPart> = new Map(
  Object.entries({
    tags: 'tags',
    // Instance
    blockDeviceMappings: 'volumes',
    iamInstanceProfile: 'role',
    imageId: 'image',
    instanceType: 'instance type',
    keyName: 'key pair',
    metadataOptions: 'IMDS options',
    networkInterfaces: 'network interfaces',
    publicIpAddress: 'public address',
    securityGroups: 'security groups',
    sourceDestCheck: 'source/destination check',
    state: 'state',
    // Security group
    ipPermissions: 'inbound rules',
    ipPermissionsEgress: 'outbound rules',
    // Bucket
    AccessControlList: 'ACL',
    BucketCrossOriginConfiguration: 'CORS',
    BucketLifecycleConfiguration: 'lifecycle',
    BucketLoggingConfiguration: 'access logging',
    BucketNotificationConfiguration: 'notifications',
    BucketPolicy: 'bucket policy',
    BucketReplicationConfiguration: 'replication',
    BucketVersioningConfiguration: 'versioning',
    BucketWebsiteConfiguration: 'website',
    ObjectLockConfiguration: 'object lock',
    PublicAccessBlockConfiguration: 'public access block',
    ServerSideEncryptionConfiguration: 'encryption',
    // Function
    Concurrency: 'concurrency',
    Policy: 'resource policy',
    codeSha256: 'code',
    environment: 'environment variables',
    handler: 'handler',
    layers: 'layers',
    role: 'role',
    runtime: 'runtime',
    vpcConfig: 'network',
    // Role and user
    assumeRolePolicyDocument: 'trust policy',
    attachedManagedPolicies: 'attached policies',
    groupList: 'groups',
    instanceProfileList: 'instance profiles',
    permissionsBoundary: 'permissions boundary',
    rolePolicyList: 'inline policies',
    userPolicyList: 'inline policies',
    // Database
    backupRetentionPeriod: 'backup retention',
    dBInstanceStatus: 'state',
    dBParameterGroups: 'parameter groups',
    dbInstancePort: 'port',
    dbclusterParameterGroup: 'parameter groups',
    deletionProtection: 'deletion protection',
    engineVersion: 'engine version',
    iAMDatabaseAuthenticationEnabled: 'IAM authentication',
    iamdatabaseAuthenticationEnabled: 'IAM authentication',
    masterUsername: 'master user',
    port: 'port',
    publiclyAccessible: 'public access',
    status: 'state',
    storageEncrypted: 'encryption',
    vpcSecurityGroups: 'security groups',
  }),
);

export const partNamed = (name: string): ConfigPart | undefined => PARTS.get(name);

/** Times and states that change without anyone's doing, and those that only follow another part. */
export const FOLLOWS: ReadonlySet<string> = new Set([
  'codeSize',
  'lastModified',
  'lastUpdateStatus',
  'lastUpdateStatusReasonCode',
  'latestRestorableTime',
  'publicDnsName',
  'resourceLastActivity',
  'revisionId',
  'roleLastUsed',
  'stateReason',
  'stateTransitionReason',
  'statusInfos',
  'usageOperationUpdateTime',
]);

/** Null if the value can't be read. */
type Is = (value: unknown) => boolean | null;
type EffectOf = (before: unknown, after: unknown) => ConfigEffect | null;

const turned =
  (is: Is, on: ConfigEffect, off: ConfigEffect): EffectOf =>
  (before, after) => {
    const [was, now] = [is(before), is(after)];
    if (was === null || now === null || was === now) return null;
    return now ? on : off;
  };

/** An absent part is off. */
const reads =
  <T>(schema: z.ZodMiniType<T>, follows: (value: T) => boolean): Is =>
  (value) => {
    if (value === undefined || value === null) return false;
    const read = schema.safeParse(value);
    return read.success ? follows(read.data) : null;
  };

const Text = z.string().check(z.minLength(1));
const Imds = z.object({ httpTokens: Text, httpEndpoint: z.nullish(z.string()) });
const Block = z.object({
  blockPublicAcls: z.boolean(),
  ignorePublicAcls: z.boolean(),
  blockPublicPolicy: z.boolean(),
  restrictPublicBuckets: z.boolean(),
});
const Attached = z.array(z.object({ policyArn: z.string() }));
const ADMINISTRATOR = /^arn:aws[a-z-]*:iam::aws:policy\/AdministratorAccess$/;

const EFFECTS: ReadonlyMap<string, EffectOf> = new Map([
  [
    'metadataOptions',
    turned(
      reads(
        Imds,
        ({ httpTokens, httpEndpoint }) => httpTokens === 'optional' && httpEndpoint !== 'disabled',
      ),
      'IMDSv1 allowed',
      'IMDSv1 no longer allowed',
    ),
  ],
  [
    'publicIpAddress',
    turned(
      reads(z.string(), (address) => address !== ''),
      'got a public address',
      'lost its public address',
    ),
  ],
  [
    'iamInstanceProfile',
    turned(
      reads(z.object({ arn: Text }), () => true),
      'role attached',
      'role removed',
    ),
  ],
  [
    'PublicAccessBlockConfiguration',
    turned(
      reads(Block, (block) => Object.values(block).every(Boolean)),
      'public access block complete',
      'public access block incomplete',
    ),
  ],
  [
    'BucketPolicy',
    turned(
      reads(z.object({ policyText: z.nullish(z.string()) }), ({ policyText }) =>
        Boolean(policyText),
      ),
      'bucket policy added',
      'bucket policy removed',
    ),
  ],
  [
    'attachedManagedPolicies',
    turned(
      reads(Attached, (all) => all.some(({ policyArn }) => ADMINISTRATOR.test(policyArn))),
      'AdministratorAccess attached',
      'AdministratorAccess detached',
    ),
  ],
  [
    'publiclyAccessible',
    turned(
      reads(z.boolean(), (isPublic) => isPublic),
      'public access allowed',
      'public access no longer allowed',
    ),
  ],
]);

/** Null if the part has no effect that is named here. */
export const effectOf = (name: string, before: unknown, after: unknown): ConfigEffect | null =>
  EFFECTS.get(name)?.(before, after) ?? null;
