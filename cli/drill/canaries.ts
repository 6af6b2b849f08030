// What the stand-ins of a drill hold beside the usual: the canaries that policies/accounts/local.yaml names.
import type { ApiKeys } from '../../local/aws/api-gateway.ts';
import type { UserPools } from '../../local/aws/cognito.ts';
import type { Ec2State } from '../../local/aws/ec2.ts';
import type { IamState } from '../../local/aws/iam.ts';
import { type LambdaState, untouched } from '../../local/aws/lambda.ts';
import { type ExchangeState, exchangeFolders } from '../../local/mail/exchange.ts';
import { type GmailState, gmailLabels } from '../../local/mail/gmail.ts';

const SUBJECT = 'A canary: leave it here';

/** By the name of the state. */
const CANARIES = {
  functions: (state: LambdaState): LambdaState => ({
    ...state,
    'canary-function': untouched('canary-function'),
  }),
  ec2: (state: Ec2State): Ec2State => ({
    ...state,
    interfaces: [
      ...state.interfaces,
      {
        id: 'eni-0c0c0c0c0c0c0c0c0',
        vpcId: 'vpc-0c0c0c0c0c0c0c0c0',
        subnetId: 'subnet-0c0c0c0c0c0c0c0c0',
        instanceId: null,
      },
    ],
    networkAcls: [
      ...state.networkAcls,
      {
        id: 'acl-0c0c0c0c0c0c0c0c0',
        vpcId: 'vpc-0c0c0c0c0c0c0c0c0',
        isDefault: false,
        subnetIds: [],
        entries: [],
      },
    ],
  }),
  iam: (state: IamState): IamState => ({
    ...state,
    users: [
      ...state.users,
      {
        name: 'canary-user',
        path: '/',
        tags: {},
        policies: [],
        keys: { AKIACANARY00EXAMPLE: 'Active' },
      },
    ],
  }),
  'user-pools': (state: UserPools): UserPools => ({
    ...state,
    'eu-central-1_CANARY000': { 'canary-customer': { enabled: true, signOuts: 0 } },
  }),
  'api-keys': (state: ApiKeys): ApiKeys => ({
    ...state,
    canarykey0: { name: 'canary', enabled: true, tags: {} },
  }),
  exchange: (state: ExchangeState): ExchangeState => ({
    ...state,
    'canary@example.com': {
      folders: exchangeFolders(),
      messages: [
        {
          immutableId: 'AAkALgCanary',
          moves: 0,
          parentFolderId: 'AQMkAGinbox=',
          subject: SUBJECT,
          internetMessageId: '<canary@example.com>',
          isRead: false,
        },
      ],
    },
  }),
  gmail: (state: GmailState): GmailState => ({
    ...state,
    'canary@example.org': {
      labels: gmailLabels(),
      messages: [{ id: '18c2f0a1b2c3d4ff', labelIds: ['INBOX', 'UNREAD'], subject: SUBJECT }],
    },
  }),
};

export function withCanaries<T>(name: string, initial: T): T {
  const add = (CANARIES as unknown as Record<string, ((state: T) => T) | undefined>)[name];
  return add ? add(initial) : initial;
}
