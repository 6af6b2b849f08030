// The properties that the catalog gives for each action.
import type { EntityKind } from './alert.ts';

type Described = {
  /**
   * The headline for people, until a mechanism describes the action. It begins with a verb of
   * functions/messaging/texts.
   */
  headline: (target: string, kind: EntityKind | null) => string;
};

type Contains = Described & {
  /**
   * Whether functions/playbook/families.ts recommends it for some alerts. Otherwise only the model, a person or the
   * gate proposes it.
   */
  inPlaybook: boolean;
};

/** Notifies people about the alert and changes nothing in AWS, so the rules about risk don't apply. */
type Informs = Described & {
  kind: 'informs';
  /** The reason given when no mechanism can inform anyone. */
  targets: { readonly alert: string };
  /** What happens when its approval request expires. */
  ifUnanswered: 'ticket' | 'nothing';
};

/** Changes something in AWS or a connected service, through a mechanism that can undo it. */
export type Changes = Contains & {
  kind: 'changes';
  /**
   * Per kind of target, the reason given when no mechanism can act on it. An alert is never the target of a change: the
   * rules rely on that to tell changes from notifications.
   */
  targets: { readonly [Kind in Exclude<EntityKind, 'alert'>]?: string };
  /** Whether it stops something from working. An alert about an absence may then be self-inflicted (promise 7). */
  cutsOff: boolean;
  /** Whether it runs without notifying anyone. A high-severity alert then also needs a notification. */
  quiet: boolean;
  /** What its effects depend on besides the target. While this is unknown, the action needs approval. */
  dependsOn: 'network-acls' | null;
  /** Work left for a person after the undo. */
  afterUndo: 'rotate-key' | null;
};

/** Tier 3 in policy: never carried out by code. A person gets a runbook. */
type Manual = Contains & { kind: 'manual'; targets: readonly EntityKind[] };

export type ActionProperties = Informs | Changes | Manual;
