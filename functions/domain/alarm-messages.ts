// Log messages that raise an alarm: what a function writes and the metric filters of infra/alarms.ts look for are one text.
export const ALARMING = {
  /** Whatever it is about is still there, and only a person goes on. */
  reversalFailed: 'reversal failed',
  /** Somebody else wrote a record, or took one away. */
  recordAltered: 'record altered',
} as const;
