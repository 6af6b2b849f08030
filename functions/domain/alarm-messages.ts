// Log messages that raise an alarm, as matched by the metric filters in infra.
export const ALARMING = {
  /** The effect is still in place, and only a person can undo it. */
  reversalFailed: 'reversal failed',
  /** An action was to be applied without proof that it may. */
  notAuthorised: 'action not authorised',
  /** A record was written or deleted by something other than Countermand. */
  recordAltered: 'record altered',
  /** A list in AWS has an entry that no action explains, or one that affects more than one host. */
  worldDiffers: 'world differs',
  /** The model gave no usable answer, so the playbook's opinion took its place. */
  analysisFailed: 'analysis failed',
} as const;

/** Log messages that are counted as metrics, without an alarm. */
export const COUNTED = {
  /** A finding that its product closed, or that is only informational. */
  notOpened: 'finding opens nothing',
} as const;
