// The errors of a Task state, named and worded as AWS names and words them.
import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';

/** `name` is what ErrorEquals matches, `message` becomes the Cause. */
class TaskFailed extends Error {
  constructor(name: string, cause: string) {
    super(cause);
    this.name = name;
  }
}

/** Ends the execution past every Retry and Catch, as States.Runtime does in AWS. */
export class FatalTaskError extends TaskFailed {
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/**
 * What a function's exception becomes: its name, and as Cause the JSON that Lambda's Node.js runtime reports.
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

export const noSuchFunction = (functionName: string): Error =>
  new TaskFailed('Lambda.ResourceNotFoundException', `Function not found: ${functionName}`);

/**
 * The library's own error for a time-out. It must be this class: by it, and not by the name, the library keeps
 * States.TaskFailed from matching a time-out, as AWS does. It is not exported, so it is provoked once.
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
  throw new Error('aws-local-stepfunctions does not time out as it used to', { cause: error });
}
