// The state machines; each role may invoke only the functions it names.
import { join } from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  LogLevel,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { SCOPES } from '../functions/mechanisms/registry.ts';
import { acknowledge } from './acknowledge.ts';
import { functionArn, type Names } from './names.ts';

const reversers = SCOPES.map((scope) => `reverse-${scope}`);
const executors = SCOPES.map((scope) => `execute-${scope}`);

const INVOKED = {
  respond: ['enrich', 'analyse', 'gate', 'approve', 'notify', 'close', ...executors, ...reversers],
  reverse: ['notify', ...reversers],
} as const;

export class StateMachines extends Construct {
  readonly respond: StateMachine;
  readonly reverse: StateMachine;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    this.respond = this.machine('respond', names);
    this.reverse = this.machine('reverse', names);
  }

  private machine(name: keyof typeof INVOKED, names: Names): StateMachine {
    const { prefix } = names;
    const machine = new StateMachine(this, name, {
      stateMachineName: `${prefix}${name}`,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromFile(
        join(import.meta.dirname, '..', 'statemachines', `${name}.asl.json`),
      ),
      definitionSubstitutions: { FunctionPrefix: prefix },
      tracingEnabled: true,
      logs: {
        level: LogLevel.ALL,
        // The input of `approve` holds the task token, which would let a reader of the logs answer for a person.
        includeExecutionData: false,
        destination: new LogGroup(this, `${name}-log`, {
          logGroupName: `/aws/vendedlogs/states/${prefix}${name}`,
          retention: RetentionDays.ONE_YEAR,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    machine.addToRolePolicy(
      new PolicyStatement({
        sid: 'CallTheFunctionsOfItsStates',
        actions: ['lambda:InvokeFunction'],
        resources: INVOKED[name].map((invoked) => functionArn(names, invoked)),
      }),
    );
    acknowledge(
      machine.role,
      'AwsSolutions-IAM5[Resource::*]',
      'Log delivery and X-Ray do not support resource-level permissions: docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html',
    );
    return machine;
  }
}
