// The short form of a GuardDuty finding in a case.
import * as z from 'zod/mini';

const Text = z.string();
const text = z.optional(Text);
const flag = z.optional(z.boolean());
const tags = z.optional(z.record(Text, Text));
const values = z.optional(z.record(Text, z.array(z.unknown())));
const port = z.optional(z.int());

const RESOURCES = {
  key: z.optional(z.strictObject({ id: text, user: Text, type: Text, session: text })),
  instance: z.optional(z.strictObject({ id: Text, tags, publicIp: text })),
  bucket: z.optional(
    z.strictObject({ name: Text, public: flag, objects: z.optional(z.array(Text)) }),
  ),
  cluster: z.optional(z.strictObject({ name: Text, kind: z.enum(['eks', 'ecs']) })),
  kubernetesUser: z.optional(z.strictObject({ name: Text, groups: z.array(Text) })),
  workload: z.optional(
    z.strictObject({
      namespace: Text,
      name: Text,
      type: Text,
      image: text,
      privileged: flag,
      hostPath: text,
    }),
  ),
  container: z.optional(z.strictObject({ name: Text, image: Text })),
  task: z.optional(z.strictObject({ id: Text, image: Text })),
  function: z.optional(z.strictObject({ name: Text, role: text })),
  database: z.optional(z.strictObject({ id: Text, user: Text, application: text })),
  /** ARN of an image, a snapshot or a recovery point. */
  stored: text,
};
export const Resources = z.strictObject(RESOURCES);
export type Resources = z.infer<typeof Resources>;

const ACTIONS = {
  call: z.optional(
    z.strictObject({
      api: Text,
      service: Text,
      agent: text,
      error: text,
      callerType: text,
      account: z.optional(z.strictObject({ id: Text, affiliated: z.boolean() })),
      affected: z.optional(z.record(Text, Text)),
    }),
  ),
  connection: z.optional(
    z.strictObject({
      direction: z.enum(['INBOUND', 'OUTBOUND']),
      port: z.int(),
      remotePort: port,
      protocol: Text,
      blocked: flag,
    }),
  ),
  probe: z.optional(z.strictObject({ ports: z.array(z.int()), blocked: flag })),
  dns: z.optional(z.strictObject({ domain: Text, blocked: flag })),
  kubernetes: z.optional(
    z.strictObject({ verb: Text, uri: Text, agent: Text, status: z.int(), parameters: text }),
  ),
  login: z.optional(
    z.strictObject({ user: Text, failed: z.int(), successful: z.int(), application: text }),
  ),
  runtime: z.optional(
    z.strictObject({
      process: Text,
      path: Text,
      user: Text,
      parents: z.optional(z.array(Text)),
      command: text,
      socket: text,
      socketPath: text,
    }),
  ),
};
export const Actions = z.strictObject(ACTIONS);
export type Actions = z.infer<typeof Actions>;

const Actor = z.strictObject({ user: Text, key: text, type: Text, mfa: text });
const Endpoint = z.union([Text, z.strictObject({ ip: Text, org: text, country: text })]);
const SequenceResource = z.strictObject({
  type: Text,
  uid: Text,
  name: text,
  user: text,
  namespace: text,
});
const Signal = z.strictObject({
  name: Text,
  type: text,
  severity: z.optional(z.number()),
  count: z.optional(z.int()),
});
export const SequenceSpec = z.strictObject({
  actors: z.array(Actor),
  endpoints: z.optional(z.array(Endpoint)),
  /** This many addresses in place of a list. */
  endpointCount: z.optional(z.int()),
  resources: z.array(SequenceResource),
  signals: z.array(Signal),
});
export type SequenceSpec = z.infer<typeof SequenceSpec>;

export const From = z.strictObject({ ip: Text, org: Text, asn: Text, country: Text });
export type From = z.infer<typeof From>;

export const FindingSpec = z.strictObject({
  type: Text,
  severity: z.number().check(z.gte(0), z.lte(10)),
  title: text,
  count: z.optional(z.int()),
  sample: flag,
  role: z.optional(z.enum(['TARGET', 'ACTOR'])),
  /** The remote address; without it, a host of a hosting company abroad. */
  from: z.optional(From),
  threatList: text,
  anomaly: z.optional(z.strictObject({ unusual: values, profiled: values })),
  malware: z.optional(z.strictObject({ threats: z.array(Text), files: z.array(Text) })),
  sequence: z.optional(SequenceSpec),
  ...RESOURCES,
  ...ACTIONS,
});
export type FindingSpec = z.infer<typeof FindingSpec>;
