// The tag by which an owner lets Countermand change a resource.

/** IAM conditions of the executors compare the same tag. */
export const OPT_IN = { key: 'countermand', value: 'allowed' } as const;
export const OPT_IN_TAG = `${OPT_IN.key}=${OPT_IN.value}`;

/** Whether the tags contain the opt-in, in exactly this case. */
export const isOptedIn = (tags: Readonly<Record<string, string>>): boolean =>
  tags[OPT_IN.key] === OPT_IN.value;

/** A resource, as the middle of a sentence names it, and the command with which its owner opts it in. */
export type OptIn = { resource: string; command: string };
