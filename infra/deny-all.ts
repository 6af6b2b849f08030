// The deny-all policy, the only one that executors may attach to a user.
import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { accountName, type Names } from './names.ts';

// functions/mechanisms/user/deny-all.ts recognises the policies of every stack by this path.
const PATH = 'countermand/';
const NAME = 'deny-all';

/** The ARN of the policy in this stack, without a reference to it. */
export const denyAllArn = (names: Names): string =>
  names.stack.formatArn({
    ...{ service: 'iam', region: '', resource: 'policy' },
    resourceName: PATH + accountName(names, NAME),
  });

export class DenyAll extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, names: Names) {
    super(scope, id);
    // IAM refuses to delete an attached policy, so the stack can't be deleted while a user is disabled by it.
    this.policy = new ManagedPolicy(this, 'Policy', {
      managedPolicyName: accountName(names, NAME),
      path: `/${PATH}`,
      description: 'Attached by Countermand to a user whose account is disabled for a time',
      statements: [new PolicyStatement({ effect: Effect.DENY, actions: ['*'], resources: ['*'] })],
    });
  }
}
