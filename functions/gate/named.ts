// Calls, addresses and IDs that an analysis names, and that are in no evidence.
import type { Given } from './grounding.ts';

/** What AWS names: keys and principals, resources, ARNs. */
const IDS =
  /\b(?:A(?:KIA|SIA|IDA|ROA)[A-Z0-9]{12,124}|(?:i|eni|sg|vpc|subnet|acl|vol|snap|ami)-[0-9a-f]{8,17}|arn:aws[a-z-]*:[^\s"'<>,;]+)/g;
const ADDRESSES =
  /\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){2,7}(?::?[0-9a-f]{1,4})?(?![\w:])/gi;
const HOSTS = /\b(?:https?|ftp|wss?):\/\/([^\s/"'<>)]+)/gi;
/** `iam:CreateUser` or `DeleteTrail`. */
const CALLS =
  /\b(?:Accept|Add|Assume|Associate|Attach|Authorize|Batch|Change|Copy|Create|Decrypt|Delete|Deregister|Describe|Detach|Disable|Disassociate|Enable|Encrypt|Export|Generate|Get|Head|Import|Invoke|Leave|List|Lookup|Modify|Pass|Publish|Put|Reboot|Register|Remove|Reset|Restore|Revoke|Run|Send|Set|Share|Start|Stop|Tag|Terminate|Untag|Update|Upload)[A-Z][A-Za-z0-9]{2,60}\b/g;
/** `03:15:00` is no address. */
const TIME = /^\d{1,2}:\d\d(?::\d\d)?$/;
/** Pages that the playbook refers to. */
const OUR_HOSTS = /^(?:docs|repost)\.aws\.amazon\.com$/i;

const matches = (texts: readonly string[], pattern: RegExp): string[] =>
  texts.flatMap((text) => [...text.matchAll(pattern)].map(([all, part = all]) => part));
const isGiven = (known: string) => (one: string) =>
  known.includes(one.toLowerCase().replace(/[.:]+$/, ''));

/** Whether every address, host and ID in the texts is in the alert or in a line of evidence. */
export const areThingsGiven = (texts: readonly string[], given: Given): boolean =>
  [
    ...matches(texts, IDS),
    ...matches(texts, ADDRESSES).filter((one) => !TIME.test(one)),
    ...matches(texts, HOSTS).filter((one) => !OUR_HOSTS.test(one)),
  ].every(isGiven(knownIn(given)));

/** Whether every API call in the texts is in the alert or in a line of evidence. */
export const areCallsGiven = (texts: readonly string[], given: Given): boolean =>
  matches(texts, CALLS).every(isGiven(knownIn(given)));

/** Without what an attacker chooses, but for the names of the entities themselves. */
const knownIn = ({ alert: { entities, type, evidence = [] }, citable }: Given): string =>
  [
    type,
    ...entities.flatMap(({ value, attributes }) => [value, ...Object.values(attributes)]),
    ...evidence.flatMap(({ values }) => Object.values(values)),
    ...citable.map(({ text }) => text),
  ]
    .join('\n')
    .toLowerCase();
