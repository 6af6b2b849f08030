// The resources of an OCSF finding: targets and used credentials.
// @see https://schema.ocsf.io/objects/resource_details
import * as z from 'zod/mini';
import type { Entity } from '../../domain/alert.ts';
import { canonicalAddress } from '../../platform/ip-address.ts';
import { addCredential } from '../credential.ts';
import { type Attributes, type Collector, OWN_ADDRESS } from '../entities.ts';
import { ownPlaceOf, regionOfZone } from '../entity-place.ts';
import { list, number, opt, text } from '../fields.ts';
import { member } from '../guardduty/casing.ts';
import { isAccount, kindOfType, nameFromArn, versionFromArn } from '../resource-kinds.ts';
import { type Field, first, flatten } from './flat.ts';

const Resource = z.looseObject({
  uid: text,
  uid_alt: text,
  name: text,
  type: text,
  region: text,
  zone: text,
  role: text,
  role_id: number,
  /** OCSF 1.0 has `account_uid`. */
  owner: opt(z.looseObject({ account: opt(z.looseObject({ uid: text })), account_uid: text })),
  /** Details, as an object or as text. Their shape differs by product and version. */
  data: z._default(z.unknown(), null),
  device: z._default(z.unknown(), null),
  user: z._default(z.unknown(), null),
});
type Resource = z.infer<typeof Resource>;

export const resourceFields = {
  resources: list(Resource),
  /** Older events have one. */
  resource: opt(Resource),
  /** Class 2006 reports data in it. */
  databucket: opt(z.looseObject({ name: text, uid: text, type: text })),
};
const Fields = z.looseObject(resourceFields);
type Fields = z.infer<typeof Fields>;

const ACTOR = 2;

/** Whether the product names one of the resources as the actor. */
export const namesActor = ({ resources, resource }: Fields): boolean =>
  [...resources.map(({ one }) => one), ...(resource ? [resource] : [])].some(
    ({ role, role_id }) => role_id === ACTOR || /^actor$/i.test(role ?? ''),
  );

/** Adds every resource. Returns attributes of the whole finding. */
export function addResources(
  collector: Collector,
  { resources, resource, databucket }: Fields,
  path: string,
  credentials: Entity['part'],
): Attributes {
  const all = [
    ...resources.map(({ one, index }) => ({ one, at: `${path}.resources[${index}]` })),
    ...(resource ? [{ one: resource, at: `${path}.resource` }] : []),
  ];
  let kubernetesUser: string | undefined;
  for (const { one, at } of all) {
    if (isAccount(one.type)) continue;
    const context = { at, details: detailsOf(one), credentials };
    if (kindOfType(one.type) === 'access-key') addKey(collector, one, context);
    else addResource(collector, one, context);
    addNetwork(collector, one, context);
    kubernetesUser ??= addWorkload(collector, one, context);
  }
  collector.add({
    kind: /s3/i.test(databucket?.type ?? '') ? 'bucket' : 'resource',
    value: databucket?.name ?? nameFromArn('bucket', databucket?.uid),
    part: 'target',
    path: `${path}.databucket.name`,
    attributes: { arn: databucket?.uid },
  });
  return { kubernetesUser };
}

type Context = { at: string; details: readonly Field[]; credentials: Entity['part'] };

const BLOCKS = ['data', 'device', 'user'] as const;
const detailsOf = (one: Resource): Field[] =>
  BLOCKS.flatMap((block) => flatten(one[block], [block]));

/** The field's path in the event. A field of a text has the path of the text. */
function pathOf(one: Resource, { steps }: Field, at: string): string {
  const [block = '', ...inner] = steps;
  const isText = typeof Reflect.get(one, block) === 'string';
  const rest = (isText ? [] : inner).map((step) =>
    typeof step === 'number' ? `[${step}]` : member(step),
  );
  return `${at}.${block}${rest.join('')}`;
}

const arnOf = ({ uid, uid_alt }: Resource) => [uid, uid_alt].find((id) => id?.startsWith('arn:'));

const ownerOf = ({ owner }: Resource) => owner?.account?.uid ?? owner?.account_uid;

/** The place that the resource names. Its interfaces and workloads are in the same place. */
const placeOf = (one: Resource) =>
  ownPlaceOf({
    kind: kindOfType(one.type),
    value: one.uid ?? '',
    attributes: { arn: arnOf(one) },
    place: { account: ownerOf(one), region: one.region ?? regionOfZone(one.zone) },
  });

function addKey(collector: Collector, one: Resource, { at, details, credentials }: Context): void {
  const said = (pattern: RegExp) => first(details, pattern);
  addCredential(
    collector,
    {
      keyId: nameFromArn('access-key', one.uid) ?? said(/(accesskeyid|credentialuid)$/),
      userName: said(/(username|principalname)$/) ?? one.name,
      userType: said(/(usertype|principaltype)$/),
      principalId: said(/(principalid|^useruid)$/),
      account: ownerOf(one),
      ofKey: { arn: arnOf(one), resourceType: one.type },
    },
    credentials,
    { key: `${at}.uid`, name: `${at}.name` },
  );
}

function addResource(
  collector: Collector,
  one: Resource,
  { at, details, credentials }: Context,
): void {
  const kind = kindOfType(one.type);
  const isContainer = /container$/i.test(one.type ?? '');
  const containerName = isContainer ? one.name || first(details, /containername$/) : null;
  const id = kind === 'resource' ? one.uid : (one.uid ?? one.uid_alt);
  collector.add({
    kind,
    value: containerName || (nameFromArn(kind, id) ?? one.name),
    part: kind === 'iam-user' || kind === 'iam-role' ? credentials : 'target',
    path: `${at}.uid`,
    attributes: {
      arn: arnOf(one) ?? one.uid,
      name: one.name,
      resourceType: one.type,
      version: versionFromArn(kind, arnOf(one)),
      subnetIds: first(details, /subnet(id|uid)$/),
      vpcIds: first(details, /vpc(id|uid)$/),
      interfaceIds:
        kind === 'instance'
          ? interfacesIn(details)
              .map(({ value }) => value)
              .join(',')
          : null,
      instanceProfile: first(details, /instanceprofile(arn|uidalt)?$/),
      image: first(details, /(imagename|containerimage|containerimagename)$/),
      user: first(details, /rdsdbuserdetailsuser$/),
    },
    place: placeOf(one),
  });
}

const OWN_IP =
  /(publicip(address)?|privateip(address)?|ipv[46]addresses\d+(ipv6address)?|networkinterfaces?\d*ip|^deviceip)$/;
const interfacesIn = (details: readonly Field[]) =>
  details.filter(({ value }) => /^eni-[0-9a-f]{8,17}$/.test(value));

/** Adds the resource's own addresses and interfaces. */
function addNetwork(collector: Collector, one: Resource, { at, details }: Context): void {
  for (const field of details)
    if (OWN_IP.test(field.letters) && canonicalAddress(field.value))
      collector.add({
        kind: 'ip',
        value: field.value,
        part: 'related',
        path: pathOf(one, field, at),
        attributes: OWN_ADDRESS,
      });
  for (const field of interfacesIn(details))
    collector.add({
      kind: 'network-interface',
      value: field.value,
      part: 'related',
      path: pathOf(one, field, at),
      place: placeOf(one),
    });
}

const WORKLOAD = /kubernetesworkload(details)?/;

/** Adds the workload that GuardDuty names beside a cluster. Returns the Kubernetes user. */
function addWorkload(
  collector: Collector,
  one: Resource,
  { at, details }: Context,
): string | undefined {
  const said = (last: string) => first(details, new RegExp(`${WORKLOAD.source}${last}$`));
  const user = first(details, /kubernetesuser(details)?(user)?name$/);
  const [name, namespace] = [said('name'), said('namespace')];
  collector.add({
    kind: 'workload',
    value: name && namespace ? `${namespace}/${name}` : name,
    part: 'target',
    path: `${at}.data`,
    attributes: { type: said('type'), kubernetesUser: user },
    place: placeOf(one),
  });
  return user;
}
