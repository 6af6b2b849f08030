// The case format: a finding, facts of the account, and the expected answer.
import * as z from 'zod/mini';
import { NamedKind, Traffic } from '../../functions/domain/alert.ts';
import { ConfigChange } from '../../functions/domain/config-changes.ts';
import { DeclaredScanner } from '../../functions/domain/declared-scanner.ts';
import { Inbound } from '../../functions/domain/facts.ts';
import { Peer } from '../../functions/domain/flows.ts';
import { Instant } from '../../functions/domain/reference.ts';
import { ReverseDns } from '../../functions/domain/reverse-dns.ts';
import { CalendarFile } from '../../functions/policy/schemas/calendar.ts';
import { FindingSpec } from './findings/spec.ts';

export const FAMILIES = [
  'iam-key',
  'role-session',
  'console-root',
  's3',
  'ec2-inbound',
  'ec2-outbound',
  'runtime-container',
  'rds',
  'sequence-flood',
  'mail-web',
  'posture',
] as const;
export type Family = (typeof FAMILIES)[number];

const Text = z.string().check(z.minLength(1), z.maxLength(2000));
const Tags = z.record(z.string(), z.string());
const Names = z.array(z.string());

/** Differences from an ordinary entity of its kind. Every other fact is known and unremarkable. */
export const Given = z.strictObject({
  address: z.optional(z.strictObject({ ownedBy: z.nullable(Text) })),
  identity: z.optional(
    z.strictObject({
      serviceAccount: z.optional(z.boolean()),
      tags: z.optional(Tags),
      groups: z.optional(Names),
      consoleAccess: z.optional(z.boolean()),
      mfa: z.optional(z.boolean()),
      lastUsed: z.optional(z.null()),
      status: z.optional(z.enum(['Active', 'Inactive'])),
      createdAt: z.optional(Instant),
      access: z.optional(z.strictObject({ isAdministrator: z.boolean(), policies: z.int() })),
      activeKeys: z.optional(z.int()),
    }),
  ),
  instance: z.optional(
    z.strictObject({
      tags: z.optional(Tags),
      forwards: z.optional(z.boolean()),
      inbound: z.optional(Inbound),
    }),
  ),
  history: z.optional(
    z.strictObject({
      earlierIncidents: z.optional(Names),
      reversedByPeople: z.optional(z.int()),
      declined: z.optional(z.int()),
    }),
  ),
  /** What CloudTrail lists: name, successes, failures and the most frequent error of each call. */
  activity: z.optional(
    z.strictObject({
      calls: z.optional(z.array(z.tuple([Text, z.int(), z.int()], Text))),
      changes: z.optional(Names),
      newNetworks: z.optional(Names),
      newRegions: z.optional(Names),
      newAgents: z.optional(Names),
      /** How many networks, regions and clients were known before. */
      known: z.optional(z.int()),
    }),
  ),
  /** Write calls on a resource in CloudTrail: name, caller (null for another identity), successes, failures. */
  changes: z.optional(z.array(z.tuple([Text, z.nullable(Text), z.int(), z.int()]))),
  /** Records of AWS Config. Fields that are left out say that nothing else changed. */
  config: z.optional(z.array(z.partial(ConfigChange))),
  /** Connections of a host with addresses of the alert in VPC flow logs, which record everything. */
  flows: z.optional(z.array(z.partial(Peer))),
  scanner: z.optional(z.nullable(DeclaredScanner)),
  reverseDns: z.optional(ReverseDns),
});
export type Given = z.infer<typeof Given>;

/** `contain key-1`, or an action by its name. `contain` is every action that stops its target, and `*` every target. */
const Act = z.string().check(z.regex(/^[a-z_]+ ([a-z]+(-[a-z]+)*-\d+|\*)$/));

export const Expectation = z.strictObject({
  /** Page a person now, leave a ticket, or nothing at all. */
  tell: z.enum(['page', 'ticket', 'none']),
  verdicts: z.array(z.enum(['malicious', 'suspicious', 'benign', 'unclear'])).check(z.minLength(1)),
  /** Of each group, at least one act must be done, requested or handed off. */
  ask: z._default(z.array(z.array(Act).check(z.minLength(1))), []),
  /** Further acts that a senior responder would not object to. */
  acceptable: z._default(z.array(Act), []),
  /** Acts that do harm. */
  never: z._default(z.array(Act), []),
  /** Words that an analysis should mention. Rated only for a model. */
  notice: z._default(z.array(Text), []),
});
export type Expectation = z.infer<typeof Expectation>;

const Entity = z.strictObject({
  kind: NamedKind,
  value: Text,
  part: z.enum(['actor', 'target', 'related']),
  attributes: z.optional(Tags),
});

const shape = {
  title: z.string().check(z.minLength(10), z.maxLength(120)),
  family: z.enum(FAMILIES),
  truth: z.enum(['malicious', 'suspicious', 'benign']),
  at: z.optional(Instant),
  /** Exactly one of the next five: what the product reports. */
  finding: z.optional(FindingSpec),
  generic: z.optional(
    z.strictObject({
      type: Text,
      severity: Text,
      title: Text,
      traffic: z.optional(Traffic),
      entities: z.array(Entity),
    }),
  ),
  control: z.optional(
    z.strictObject({
      id: Text,
      title: Text,
      severity: Text,
      resource: Text,
      tags: z.optional(Tags),
    }),
  ),
  vulnerability: z.optional(
    z.strictObject({
      cve: Text,
      severity: Text,
      score: z.number(),
      exploit: z.boolean(),
      instance: z.strictObject({ id: Text, tags: z.optional(Tags) }),
    }),
  ),
  health: z.optional(z.strictObject({ key: Text, user: Text })),
  /** The account's own policy and records. */
  account: z.optional(
    z.strictObject({
      plannedWork: z.optional(CalendarFile.shape.plannedWork),
      /** Why the alert is an effect of Countermand's own action. */
      causedBy: z.optional(Text),
    }),
  ),
  facts: z.optional(z.record(z.string(), Given)),
  expect: Expectation,
  /** How a senior responder reasons. */
  why: Text,
};

const id = z.string().check(z.regex(/^[a-z0-9-]{3,60}$/));
const Patch = z.record(z.string(), z.unknown());

/** The same case with one decisive fact changed, or with an attacker's text in one field and the same expectation. */
const Variant = z.union([
  z.strictObject({
    id,
    twin: Text,
    truth: z.optional(shape.truth),
    /** Merged into the case. A list replaces a list. */
    change: Patch,
    expect: z.optional(Patch),
    why: Text,
  }),
  z.strictObject({ id, payload: id, field: z.string().check(z.regex(/^[a-zA-Z0-9.]+$/)) }),
]);

export const Case = z.strictObject(shape);
export type Case = z.infer<typeof Case>;

export const CaseFile = z.strictObject({ ...shape, variants: z._default(z.array(Variant), []) });
export type CaseFile = z.infer<typeof CaseFile>;

export const Payloads = z.record(
  id,
  z.strictObject({ goal: z.enum(['suppress', 'escalate', 'retarget', 'speak']), text: Text }),
);
export type Payloads = z.infer<typeof Payloads>;
