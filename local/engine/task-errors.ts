// The errors of a Task state, with the names and texts of AWS.
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';

/** ErrorEquals matches `name`; `message` becomes the Cause. */
class TaskFailed extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Ends the execution without Retry or Catch, as States.Runtime does in AWS. */
export class FatalTaskError extends TaskFailed {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/**
 * The error of a function that threw: its name, and as Cause the JSON that Lambda's Node.js runtime reports.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html
 */
export function functionFailed(thrown: unknown): Error {
  const isError = thrown instanceof Error;
  const report = {
    errorType: isError ? thrown.name : typeof thrown,
    errorMessage: isError ? thrown.message : String(thrown),
    trace: isError ? (thrown.stack ?? '').split('\n') : [],
  };
  return new TaskFailed(report.errorType, JSON.stringify(report));
}

export const executionOver = (): Error =>
  new FatalTaskError('ExecutionOver', 'the execution is over');

export const noSuchFunction = (functionName: string): Error =>
  new TaskFailed('Lambda.ResourceNotFoundException', `Function not found: ${functionName}`);

/**
 * The library's class for a time-out. As in AWS, States.TaskFailed must not match a time-out, and the library tells
 * them apart by class. It doesn't export the class, so one time-out is provoked to get it.
 */
export const StatesTimeout = await learnTimeoutClass();

async function learnTimeoutClass(): Promise<new () => Error> {
  const endless = new StateMachine(
    {
      StartAt: 'wait',
      States: { wait: { Type: 'Task', Resource: '', TimeoutSeconds: 0.001, End: true } },
    },
    { validationOptions: { noValidate: true } },
  );
  const taskResourceLocalHandlers = { wait: () => new Promise<never>(() => {}) };
  const error = await endless
    .run({}, { overrides: { taskResourceLocalHandlers } })
    .result.catch((thrown: unknown) => thrown);
  const cause = error instanceof ExecutionError ? error.cause : undefined;
  if (cause instanceof Error && cause.name === 'States.Timeout')
    return cause.constructor as new () => Error;
  throw new Error('aws-local-stepfunctions no longer reports a time-out as States.Timeout', {
    cause: error,
  });
}
