// Calls, addresses and IDs that an analysis names, and that are in no evidence.
import type { Given } from './grounding.ts';

/** Keys, principals and resources. An ARN holds others. */
const IDS =
  /\b(?:A(?:KIA|SIA|IDA|ROA)[A-Z0-9]{12,124}|(?:i|eni|sg|vpc|subnet|acl|vol|snap|ami)-[0-9a-f]{8,17})/g;
const ARNS = /\barn:aws[a-z-]*:[^\s"'<>,;]+/g;
const ADDRESSES =
  /\b(?:\d{1,3}(?:\.\d{1,3}){3}\b|[0-9a-f]{1,4}(?:(?:::?[0-9a-f]{1,4}){2,7}|::[0-9a-f]{1,4})(?!:?\w|::))/gi;
const HOSTS = /\b(?:https?|ftp|wss?):\/\/([^\s/:"'<>)]+)/gi;
/** `iam:CreateUser` or `DeleteTrail`. */
const CALLS =
  /\b(?:Accept|Add|Assume|Associate|Attach|Authorize|Batch|Change|Copy|Create|Decrypt|Delete|Deregister|Describe|Detach|Disable|Disassociate|Enable|Encrypt|Export|Generate|Get|Head|Import|Invoke|Leave|List|Lookup|Modify|Pass|Publish|Put|Reboot|Register|Remove|Reset|Restore|Revoke|Run|Send|Set|Share|Start|Stop|Tag|Terminate|Untag|Update|Upload)[A-Z][A-Za-z0-9]{2,60}\b/g;
/** `03:15:00` is no address. */
const TIME = /^\d{1,2}:\d\d(?::\d\d)?$/;
/** Pages that the playbook refers to. */
const OUR_HOSTS = /^(?:docs|repost)\.aws\.amazon\.com$/;

const ANY_HOST = /[a-z\d-]+(?:\.[a-z\d-]+)+/gi;

/** Whole names: `10.0.0.1` is no part of `10.0.0.12`. */
const namesIn = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) =>
    [...text.matchAll(pattern)].map(([all, part = all]) =>
      part.toLowerCase().replace(/[.:)]+$/, ''),
    ),
  );

/** Whether every address, host and ID in the texts is in the alert or in a line of evidence. */
export function areThingsGiven(texts: readonly string[], given: Given): boolean {
  const known = knownIn(given);
  const hosts = namesIn(known, ANY_HOST);
  return (
    [IDS, ARNS, ADDRESSES].every((pattern) => areKnown(texts, known, pattern)) &&
    namesIn(texts, HOSTS).every((one) => OUR_HOSTS.test(one) || hosts.includes(one))
  );
}

/** Whether every API call in the texts is in the alert or in a line of evidence. */
export const areCallsGiven = (texts: readonly string[], given: Given): boolean =>
  areKnown(texts, callsIn(given), CALLS);

function areKnown(texts: readonly string[], known: readonly string[], pattern: RegExp): boolean {
  const names = namesIn(known, pattern);
  return namesIn(texts, pattern).every((one) => TIME.test(one) || names.includes(one));
}

const knownIn = ({ alert: { entities, type, evidence = [] }, citable }: Given): string[] => [
  type,
  ...entities.flatMap(({ value, attributes }) => [value, ...Object.values(attributes)]),
  ...evidence.flatMap(({ values }) => Object.values(values)),
  ...citable.map(({ text }) => text),
];

/** Without what an attacker chooses: a user agent may name any call. */
const callsIn = ({ alert: { type, evidence = [] }, citable }: Given): string[] => [
  type,
  ...evidence.flatMap(({ values }) => Object.values(values)),
  ...citable.flatMap(({ isUntrusted, text }) => (isUntrusted ? [] : text)),
];
