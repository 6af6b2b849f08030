// The deny-all policy, the only one that executors may attach to a user.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accountName, type Names } from './names.ts';

export class DenyAll extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    // IAM refuses to delete an attached policy, so the stack can't be deleted while a user is disabled by it.
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: accountName(names, 'deny-all'),
      // functions/mechanisms/user/deny-all.ts recognises the policies of every stack by this path.
      path: '/countermand/',
      description: 'Attached by Countermand to a user whose account is disabled for a time',
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['*'], resources: ['*'] })],
    });
  }
}
