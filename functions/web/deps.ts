// What the pages need from outside.
import type { Mac } from '../links/signed-claims.ts';
import type { HttpClients } from '../platform/http.ts';
import type { Log } from '../platform/log.ts';
import type { Schedules } from '../platform/schedules.ts';
import type { Secret } from '../platform/secret.ts';
import type { Policy } from '../policy/policy.ts';
import type { Store } from '../store/store.ts';
import type { Provider } from './oidc.ts';

export type SlackInteractivity = { clients: HttpClients; signingSecret: Secret<string> };

export type WebDeps = {
  store: Store;
  policy: Policy;
  mac: Pick<Mac, 'verify'>;
  /** Signs what the pages give out. Its key is not the links' key: pages can't make links. */
  pages: Mac;
  newId: () => string;
  /** The identity provider; null where policy requires no sign-in. */
  provider: Provider | null;
  callback: (taskToken: string, output: { verdict: string }) => Promise<void>;
  startReverse: (name: string, input: object) => Promise<void>;
  startRespond: (name: string, input: object) => Promise<void>;
  /** Has the asking function send the question to one more person. */
  askAlso: (input: { incidentId: string; actionId: string; to: string }) => Promise<void>;
  schedules: Schedules;
  /** Where policy has buttons in Slack. */
  slack?: SlackInteractivity;
  webBaseUrl: string;
  now: () => Date;
  log: Log;
};
