// Parses OCSF findings of Security Hub and Security Lake.
// @see https://schema.ocsf.io/classes/detection_finding
import * as z from 'zod/mini';
import { type FindingState, POSTURE, type Posture } from '../../domain/alert.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { Draft } from '../draft.ts';
import { createCollector } from '../entities.ts';
import { placeInArn } from '../entity-place.ts';
import {
  guardDutyType,
  list,
  number,
  opt,
  readAs,
  severityFromLabel,
  severityOf,
  text,
} from '../fields.ts';
import { serviceIn } from '../guardduty/flattened.ts';
import { isSampleTitle, readService } from '../guardduty/service.ts';
import { isGuardDuty, partOfCredentials, postureOf, productFrom, type Report } from '../product.ts';
import type { Finding } from '../source.ts';
import { rejectOtherClasses } from './classes.ts';
import { addEvidence, Evidences } from './evidence.ts';
import { ocsfEvidence } from './evidence-table.ts';
import { flatten } from './flat.ts';
import { addResources, namesActor, resourceFields } from './resources.ts';

const Time = opt(z.union([z.number(), z.string()]));
const Described = opt(
  z.looseObject({
    uid: text,
    title: text,
    desc: text,
    types: list(z.string().check(z.minLength(1))),
    created_time: Time,
    created_time_dt: text,
    first_seen_time: Time,
    first_seen_time_dt: text,
    last_seen_time: Time,
    last_seen_time_dt: text,
    modified_time: Time,
    modified_time_dt: text,
    related_events: list(z.looseObject({ title: text })),
  }),
);
/** An object, or in some products its ID alone. */
const Account = opt(
  z.union([
    z.looseObject({ uid: text }),
    z.pipe(
      z.string(),
      z.transform((uid) => ({ uid })),
    ),
  ]),
);
const OcsfFinding = z.looseObject({
  ...resourceFields,
  finding_info: Described,
  finding: Described,
  class_uid: number,
  class_name: text,
  type_name: text,
  severity: text,
  severity_id: number,
  status: text,
  status_id: number,
  state: text,
  activity_name: text,
  activity_id: number,
  compliance: opt(z.looseObject({ status: text, status_id: number })),
  vulnerabilities: list(z.looseObject({})),
  metadata: opt(
    z.looseObject({
      uid: text,
      product: opt(z.looseObject({ name: text, uid: text })),
    }),
  ),
  accountid: text,
  count: number,
  time: Time,
  time_dt: text,
  cloud: opt(z.looseObject({ region: text, account: Account, account_uid: text })),
  evidences: Evidences,
  /** Fields of ASFF that have no place in OCSF. */
  unmapped: opt(z.record(z.string(), z.unknown())),
});
type OcsfFinding = z.infer<typeof OcsfFinding>;

/** Scores from 0 to 10 by OCSF's severity_id. */
const SCORES: Readonly<Record<number, number>> = { 1: 0, 2: 2, 3: 5, 4: 8, 5: 9.5, 6: 10 };

/** Vulnerability, compliance and data security findings. @see https://schema.ocsf.io/categories/findings */
const POSTURE_CLASSES: Readonly<Record<number, Posture>> = {
  2002: 'vulnerability',
  2003: 'configuration',
  2006: 'configuration',
};

/** Throws InvalidInput if it has no finding. */
export function readOcsf({ body, path, envelope }: Finding): Draft {
  const event = readAs(OcsfFinding, body, path);
  rejectOtherClasses(event, path);
  const info = event.finding_info ?? event.finding;
  const types = info?.types.map(({ one }) => one) ?? [];
  const type =
    guardDutyType(types) ?? types[0] ?? info?.title ?? event.type_name ?? event.class_name;
  if (!info || !type) throw new InvalidInput(`${path}.finding_info: expected a title or types`);
  const collector = createCollector();
  const report = reportOf(event, types);
  const inGuardDuty = unmappedService(event, path);
  const { traffic, about } = addEvidence(collector, event.evidences, path, {
    isSequence: type.startsWith('AttackSequence:'),
    resourceActs: namesActor(event) || inGuardDuty.about.resourceRole === 'ACTOR',
  });
  const aboutResources = addResources(collector, event, path, partOfCredentials(report, traffic));
  const score = SCORES[event.severity_id ?? -1];
  return {
    source: 'securityhub-ocsf',
    findingId: info.uid ?? event.metadata?.uid,
    type,
    title: info.title,
    description: info.desc,
    severity: score === undefined ? severityFromLabel(event.severity) : severityOf(score),
    accounts: [
      event.cloud?.account?.uid,
      event.cloud?.account_uid,
      event.accountid,
      placeInArn(info.uid)?.account,
      envelope.account,
    ],
    regions: [event.cloud?.region, placeInArn(info.uid)?.region, envelope.region],
    times: {
      first:
        info.first_seen_time_dt ??
        info.first_seen_time ??
        info.created_time_dt ??
        info.created_time,
      last: info.last_seen_time_dt ?? info.last_seen_time,
      updated:
        info.modified_time_dt ?? info.modified_time ?? event.time_dt ?? event.time ?? envelope.time,
    },
    count: event.count,
    sample: isSample(event, info.title, report) || inGuardDuty.sample,
    state: stateOf(event),
    traffic,
    collector,
    evidence: ocsfEvidence(body, path),
    about: {
      ...inGuardDuty.about,
      ...definedIn(about),
      ...aboutResources,
      signals: info.related_events
        .flatMap(({ one }) => one.title || [])
        .slice(0, 20)
        .join(', '),
      [POSTURE]: postureOf(report),
    },
  };
}

/** Without the fields that have no value, so that they don't hide those of another part. */
const definedIn = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value));

const reportOf = (event: OcsfFinding, types: readonly string[]): Report => {
  const { product } = event.metadata ?? {};
  return {
    product: productFrom(product?.uid, product?.name),
    types,
    structure:
      POSTURE_CLASSES[event.class_uid ?? -1] ??
      (event.compliance ? 'configuration' : null) ??
      (event.vulnerabilities.length > 0 ? 'vulnerability' : null),
  };
};

const UNMAPPED = 'ProductFields.';

/** GuardDuty's block without the action: the evidence has the same, with the sides named. */
function unmappedService({ unmapped }: OcsfFinding, path: string) {
  const fields = Object.entries(unmapped ?? {}).flatMap(([name, value]) =>
    name.startsWith(UNMAPPED) ? [[name.slice(UNMAPPED.length), value] as const] : [],
  );
  const { service, at } = serviceIn(Object.fromEntries(fields), `${path}.unmapped`);
  return readService(createCollector(), { ...service, action: null, detection: null }, at);
}

function isSample(
  { unmapped, evidences }: OcsfFinding,
  title: string | null | undefined,
  { product }: Report,
): boolean {
  return (
    unmapped?.Sample === 'true' ||
    unmapped?.Sample === true ||
    (isGuardDuty(product) && isSampleTitle(title)) ||
    evidences.some(({ one: { data } }) =>
      flatten(data).some(
        ({ letters, value }) => /^(additionalinfo)?sample$/.test(letters) && value === 'true',
      ),
    )
  );
}

/** By the captions, which are optional, or by their IDs. */
const STATES: readonly (readonly [FindingState, caption: RegExp, statusIds: readonly number[]])[] =
  [
    ['archived', /^(archived|deleted)$/i, [5, 6]],
    ['suppressed', /^suppressed$/i, [3]],
    ['resolved', /^(resolved|closed?)$/i, [4]],
  ];
const CLOSE = 3;
const PASS = 1;

function stateOf({
  status,
  status_id,
  state,
  activity_name,
  activity_id,
  compliance,
  unmapped,
}: OcsfFinding): FindingState {
  const captions = [
    status,
    state,
    activity_name,
    text.parse(unmapped?.RecordState),
    text.parse(unmapped?.WorkflowState),
  ];
  const found = STATES.find(
    ([, caption, ids]) =>
      ids.includes(status_id ?? -1) || captions.some((word) => caption.test(word ?? '')),
  );
  if (found) return found[0];
  if (activity_id === CLOSE) return 'resolved';
  const hasPassed = compliance?.status_id === PASS || /^pass(ed)?$/i.test(compliance?.status ?? '');
  return hasPassed ? 'passed' : 'active';
}
