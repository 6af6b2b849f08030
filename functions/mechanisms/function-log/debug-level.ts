// increase_logging_verbosity for functions: application log level DEBUG.

import type { Lambda } from '@aws-sdk/client-lambda';
import * as z from 'zod/mini';
import type { Description } from '../../domain/action.ts';
import type { Entity } from '../../domain/alert.ts';
import { Conflict, NotFound, StateChanged } from '../../domain/errors.ts';
import { OPT_IN_TAG } from '../../domain/opt-in.ts';
import { functionArn } from '../../domain/place.ts';
import { shellQuoted } from '../../domain/wording.ts';
import { aws } from '../../platform/aws-errors.ts';
import { undoneAfter } from '../affected.ts';
import { defineMechanism, type MechanismInfo, type Subject } from '../mechanism.ts';
import { pollUntil, type Sleep } from '../poll-until.ts';
import { onTarget } from '../target-gone.ts';

/** The two calls used. The stand-in implements the same ones. */
export type FunctionApi = Pick<Lambda, 'getFunctionConfiguration' | 'updateFunctionConfiguration'>;
export type FunctionLogClients = {
  lambda: FunctionApi;
  sleep: Sleep;
};

/**
 * The logging configuration of a function. Text has no levels. The default level of JSON is INFO.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html
 */
const Logging = z.strictObject({
  LogFormat: z.enum(['JSON', 'Text']),
  ApplicationLogLevel: z.optional(z.enum(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'])),
  SystemLogLevel: z.optional(z.enum(['DEBUG', 'INFO', 'WARN'])),
  LogGroup: z.string().check(z.minLength(1)),
});
export type Logging = z.infer<typeof Logging>;
type Levels = { [Field in 'LogFormat' | 'ApplicationLogLevel']?: string | undefined };

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
/** The only version whose settings can be changed. */
const UNPUBLISHED = '$LATEST';

/** An update takes seconds, with a VPC up to a minute. The caller's retries cover the rest. */
const POLL = { maxReads: 10, betweenMs: 2_000 };

export const logAtDebugInfo: MechanismInfo = {
  id: 'function-log.debug-level',
  version: 1,
  action: 'increase_logging_verbosity',
  scope: 'function-log',
  targetKinds: ['function'],
  quota: '15 control-plane requests per second for all of Lambda in one account and region',
  // The logging of a published version can't be changed, so the action would have no effect on it.
  effects: (_alert, { value, attributes: { version = UNPUBLISHED } }) =>
    FUNCTION_NAME.test(value) && version === UNPUBLISHED ? [{}] : [],
  effectKey: ({ region, target }) => `function-log:${region}:${target.value}`,
  optIn: ({ value, place }) => ({
    resource: `the function ${value}`,
    command: `aws lambda tag-resource --region ${shellQuoted(place.region)} --resource ${functionArn(place, value)} --tags ${OPT_IN_TAG}`,
  }),
  describe,
};

export const logAtDebug = /* @__PURE__ */ defineMechanism<FunctionLogClients, Logging>(
  logAtDebugInfo,
  {
    manualUndo: ({ target, region }, before) => [
      `aws lambda update-function-configuration --region ${shellQuoted(region)} --function-name ${shellQuoted(target.value)} --logging-config ${shellQuoted(JSON.stringify(restored(before, before)))}`,
    ],
    before: Logging,
    alreadyInPlace: isDetailed,
    connect,
  },
);

function describe(subject: Subject): Description {
  const { target, region } = subject;
  const name = target.value;
  return {
    headline: `Raise the log level of the function ${name} to DEBUG`,
    changes: [
      `Raise the application log level of ${name} to DEBUG, so that its log group receives more messages`,
      'Change the log format to JSON if it is Text, because only JSON has log levels',
    ],
    affected: [
      'Callers: a few calls take longer, because applying and undoing this restart the function',
      'Readers of the log: more lines, possibly with sensitive data. Metric filters that expect text may miss JSON lines',
      'Not affected: published versions, and aliases that point to them',
    ],
    undo: `${undoneAfter('Restores the log format and level', subject)}. If someone changed them in the meantime, the undo stops and reports the difference`,
    // Before the change there is nothing to undo, only to check. Once captured, the previous setting is filled in here.
    manualUndo: [
      `aws lambda get-function-configuration --region ${shellQuoted(region)} --function-name ${shellQuoted(name)} --query LoggingConfig`,
    ],
  };
}

/** Whether the level is DEBUG or TRACE already, so that there is nothing to change and nothing to undo. */
export function isDetailed({ LogFormat, ApplicationLogLevel }: Levels): boolean {
  return (
    LogFormat === 'JSON' && (ApplicationLogLevel === 'DEBUG' || ApplicationLogLevel === 'TRACE')
  );
}

/** Exactly the state after apply. */
const isOurs = ({ LogFormat, ApplicationLogLevel }: Logging): boolean =>
  LogFormat === 'JSON' && ApplicationLogLevel === 'DEBUG';

const levelOf = ({ LogFormat, ApplicationLogLevel = 'INFO' }: Logging) =>
  LogFormat === 'JSON' ? ApplicationLogLevel : 'no level';

const isAsBefore = (now: Logging, before: Logging): boolean =>
  now.LogFormat === before.LogFormat && levelOf(now) === levelOf(before);

const inWords = (logging: Logging): string => `${logging.LogFormat}, ${levelOf(logging)}`;

/** An update replaces the whole configuration, so the other fields are sent back as they were read. */
const raised = ({ SystemLogLevel = 'INFO', LogGroup }: Logging): Logging => ({
  LogFormat: 'JSON',
  ApplicationLogLevel: 'DEBUG',
  SystemLogLevel,
  LogGroup,
});

/** The previous format and level, with the other fields as read. Lambda rejects a level with the format Text. */
function restored(
  { SystemLogLevel = 'INFO', LogGroup }: Logging,
  { LogFormat, ApplicationLogLevel = 'INFO' }: Logging,
): Logging {
  return LogFormat === 'Text'
    ? { LogFormat, LogGroup }
    : { LogFormat, ApplicationLogLevel, SystemLogLevel, LogGroup };
}

const onFunction = <T>(name: string, what: string, call: () => Promise<T>): Promise<T> =>
  onTarget(`the function ${name}`, ['ResourceNotFoundException'], () =>
    aws(what, { function: name }, call),
  );

type Found = { logging: Logging; revision: string; failed: string | null };

function connect({ lambda, sleep }: FunctionLogClients): ReturnType<typeof logAtDebug.connect> {
  /**
   * Waits until no update is in progress: until then Lambda accepts no other update, and the revision changes. Drops
   * every other field, such as the environment variables.
   */
  async function whenIdle({ value: name }: Entity): Promise<Found> {
    const ids = { function: name };
    const answer = await pollUntil(
      ({ LastUpdateStatus }) => LastUpdateStatus !== 'InProgress',
      () =>
        onFunction(name, 'reading the function', () =>
          lambda.getFunctionConfiguration({ FunctionName: name }),
        ),
      { ...POLL, sleep },
    );
    const { LastUpdateStatus, LastUpdateStatusReason = 'no reason', RevisionId } = answer;
    if (LastUpdateStatus === 'InProgress')
      throw new Conflict('another update of the function is still in progress', ids);
    const logging = Logging.safeParse(answer.LoggingConfig);
    if (!logging.success || !RevisionId)
      throw new NotFound('Lambda returned no logging configuration of the function', ids);
    const failed = LastUpdateStatus === 'Failed' ? LastUpdateStatusReason : null;
    return { logging: logging.data, revision: RevisionId, failed };
  }

  /** Sends only these fields: the same API call could change the code and the permissions of the function. */
  const update = async ({ value: name }: Entity, RevisionId: string, LoggingConfig: Logging) => {
    await onFunction(name, 'changing the logging configuration', () =>
      lambda.updateFunctionConfiguration({ FunctionName: name, RevisionId, LoggingConfig }),
    );
  };

  const changed = ({ value: name }: Entity, now: Logging, before: Logging) =>
    new StateChanged(
      `${name} logs as ${inWords(now)}: neither the captured setting (${inWords(before)}) nor ours (JSON, DEBUG)`,
      { function: name },
    );

  return {
    capture: async ({ target }) => (await whenIdle(target)).logging,
    async apply({ target }, before) {
      const { logging, revision } = await whenIdle(target);
      if (isDetailed(logging)) return;
      if (!isAsBefore(logging, before)) throw changed(target, logging, before);
      await update(target, revision, raised(logging));
    },
    async verify({ target }) {
      const { logging, failed } = await whenIdle(target);
      const found = `${target.value} logs as ${inWords(logging)}`;
      return failed
        ? { holds: false, found: `${found}, but its last update failed: ${failed}` }
        : { holds: isDetailed(logging), found };
    },
    async revert({ target }, before) {
      const { logging, revision } = await whenIdle(target);
      if (isAsBefore(logging, before)) return;
      if (!isOurs(logging)) throw changed(target, logging, before);
      await update(target, revision, restored(logging, before));
    },
    async verifyReverted({ target }, before) {
      const { logging, failed } = await whenIdle(target);
      const found = `${target.value} logs as ${inWords(logging)}`;
      return failed
        ? { holds: false, found: `${found}, but its last update failed: ${failed}` }
        : { holds: isAsBefore(logging, before), found };
    },
  };
}
