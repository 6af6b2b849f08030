// Stand-in of Lambda's logging configuration, with revisions and updates.

import { OPT_IN } from '../../domain/opt-in.ts';
import type { FunctionTagsApi } from '../../enrich/function.ts';
import { connected } from '../mechanism.ts';
import type { StateFile } from '../stand-in.ts';
import { awsFailure, noSleep, type StandIn } from '../stand-in.ts';
import type { FunctionApi, Logging } from './debug-level.ts';
import { logAtDebug } from './debug-level.ts';
import type { FunctionListApi } from './world.ts';

type FunctionState = {
  logging: Logging;
  revision: number;
  looksUntilSettled: number;
  tags?: Record<string, string>;
};
export type LambdaState = Record<string, FunctionState>;

const FORMATS = ['JSON', 'Text'];
const LEVELS = {
  ApplicationLogLevel: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
  SystemLogLevel: ['DEBUG', 'INFO', 'WARN'],
} as const;
/** @see https://docs.aws.amazon.com/lambda/latest/api/API_LoggingConfig.html */
const LOG_GROUP = /^[.\-_/#A-Za-z0-9]{1,512}$/;

/**
 * A function with the default logging.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 */
export const untouched = (name: string): FunctionState => ({
  logging: { LogFormat: 'Text', LogGroup: `/aws/lambda/${name}` },
  revision: 1,
  looksUntilSettled: 0,
});

/** The function of the samples. */
export const LOCAL_FUNCTIONS: LambdaState = {
  'shop-resize-images': {
    ...untouched('shop-resize-images'),
    tags: { [OPT_IN.key]: OPT_IN.value },
  },
};

const invalid = (message: string) => awsFailure('InvalidParameterValueException', 400, message);

/**
 * An update is in progress for one read after it, and changes the revision again when it ends, as in AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export function createLambda(
  file: StateFile<LambdaState>,
): FunctionApi & FunctionTagsApi & FunctionListApi {
  const find = (name = '') => {
    const state = file.read();
    const found = state[name];
    if (!found) throw awsFailure('ResourceNotFoundException', 404, `Function not found: ${name}`);
    return { found, save: (next: FunctionState) => file.write({ ...state, [name]: next }) };
  };
  const shown = ({ logging, revision, looksUntilSettled }: FunctionState) => ({
    LoggingConfig: logging,
    RevisionId: `revision-${revision}`,
    LastUpdateStatus: looksUntilSettled > 0 ? 'InProgress' : 'Successful',
    $metadata: {},
  });
  return {
    listTags: async ({ Resource = '' }: Parameters<FunctionTagsApi['listTags']>[0]) => ({
      Tags: find(Resource.split(':')[6]).found.tags ?? {},
      $metadata: {},
    }),
    getFunctionConfiguration: async ({
      FunctionName,
    }: Parameters<FunctionApi['getFunctionConfiguration']>[0]) => {
      const { found, save } = find(FunctionName);
      if (found.looksUntilSettled > 0)
        save({ ...found, looksUntilSettled: 0, revision: found.revision + 1 });
      return shown(found);
    },
    updateFunctionConfiguration: async ({
      FunctionName,
      RevisionId,
      LoggingConfig,
      ...others
    }: Parameters<FunctionApi['updateFunctionConfiguration']>[0]) => {
      const { found, save } = find(FunctionName);
      if (Object.keys(others).length > 0)
        throw invalid(`the stand-in knows nothing of ${Object.keys(others).join(', ')}`);
      if (found.looksUntilSettled > 0)
        throw awsFailure(
          'ResourceConflictException',
          409,
          'The operation cannot be performed at this time. An update is in progress',
        );
      if (RevisionId !== undefined && RevisionId !== `revision-${found.revision}`)
        throw awsFailure(
          'PreconditionFailedException',
          412,
          'The Revision Id provided does not match the latest Revision Id',
        );
      const next = {
        ...found,
        logging: LoggingConfig ? checked(FunctionName ?? '', LoggingConfig) : found.logging,
        revision: found.revision + 1,
        looksUntilSettled: 1,
      };
      save(next);
      return shown(next);
    },
    listFunctions: async () => ({
      Functions: Object.entries(file.read()).map(([FunctionName, { logging }]) => ({
        FunctionName,
        LoggingConfig: logging,
      })),
      $metadata: {},
    }),
  } as FunctionApi & FunctionTagsApi & FunctionListApi;
}

type Wanted = NonNullable<
  Parameters<FunctionApi['updateFunctionConfiguration']>[0]['LoggingConfig']
>;

/** Omitted fields take their defaults: a caller that wants to keep a setting must send it. */
function checked(
  name: string,
  { LogFormat = 'Text', LogGroup = `/aws/lambda/${name}`, ...levels }: Wanted,
): Logging {
  if (!FORMATS.includes(LogFormat)) throw invalid(`no log format ${LogFormat}`);
  if (!LOG_GROUP.test(LogGroup)) throw invalid(`no log group may be called ${LogGroup}`);
  for (const [which, allowed] of Object.entries(LEVELS)) {
    const level = levels[which as keyof typeof LEVELS];
    if (level === undefined) continue;
    if (LogFormat === 'Text') throw invalid(`${which} is only supported with the log format JSON`);
    if (!(allowed as readonly string[]).includes(level)) throw invalid(`no ${which} ${level}`);
  }
  if (LogFormat === 'Text') return { LogFormat, LogGroup };
  const { ApplicationLogLevel = 'INFO', SystemLogLevel = 'INFO' } = levels;
  return { LogFormat: 'JSON', ApplicationLogLevel, SystemLogLevel, LogGroup };
}

export const standIn: StandIn = {
  connect: ({ state }) => [
    connected(logAtDebug, {
      lambda: createLambda(state('functions', LOCAL_FUNCTIONS)),
      sleep: noSleep,
    }),
  ],
};
