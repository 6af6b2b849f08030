// The one policy that may be attached to a user: it denies everything, so that whoever attaches it can only take away.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Names } from './names.ts';

export class DenyAll extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { prefix }: Names) {
    super(scope, id);
    // Where it is attached, IAM refuses to delete it: a stack cannot go while it holds a user back.
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: `${prefix}deny-all`,
      // People find it by the path, whatever the prefix: functions/mechanisms/user/deny-all.ts.
      path: '/countermand/',
      description: 'Attached by Countermand to a user whose account is disabled for a time',
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['*'], resources: ['*'] })],
    });
  }
}
