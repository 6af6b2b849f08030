// Jira and ServiceNow clients on loopback servers, over real HTTP.
import type { JiraClients } from '../../../functions/mechanisms/ticket/jira.ts';
import type { ServiceNowClients } from '../../../functions/mechanisms/ticket/service-now.ts';
import type { WriteTicket } from '../../../functions/mechanisms/ticket/ticket-provider.ts';
import type { HttpClients } from '../../../functions/platform/http.ts';
import { Crash } from '../../contract/faults.ts';
import { type JiraServer, startJira } from './jira-server.ts';
import { type ServiceNowServer, startServiceNow } from './service-now-server.ts';

export const JIRA_LOGIN = { email: 'countermand@example.com', token: 'a-token-of-jira' };
export const SERVICE_NOW_LOGIN = { user: 'countermand', password: 'a-password' };

export const overHttp: HttpClients['http'] = { fetch: (url, init) => fetch(url, init) };
export const startJiraSite = () => startJira({ user: JIRA_LOGIN.email, token: JIRA_LOGIN.token });
export const startServiceNowInstance = () => startServiceNow(SERVICE_NOW_LOGIN);

/** Repeats calls after a pause. A function that died in a call does not repeat it. */
function mortal(http: HttpClients['http'], wait: () => void): HttpClients {
  let dead: unknown;
  return {
    http: {
      fetch: async (url, init) => {
        try {
          return await http.fetch(url, init);
        } catch (error) {
          if (error instanceof Crash) dead = error;
          throw error;
        }
      },
    },
    sleep: async () => {
      if (dead) throw dead;
      wait();
    },
  };
}

/** The ticket of any incident. */
export const writeTicket: WriteTicket = async (incidentId) => ({
  incidentId,
  title: 'High: an alert',
  body: 'What happened.',
  severity: 'high',
});

export const jiraOn = (server: JiraServer, http = overHttp): JiraClients => ({
  ...mortal(http, server.index),
  jira: { site: server.url, project: 'SEC', issueType: 'Task' },
  credentials: async () => JIRA_LOGIN,
  writeTicket,
});

export const serviceNowOn = (server: ServiceNowServer, http = overHttp): ServiceNowClients => ({
  ...mortal(http, () => {}),
  serviceNow: { site: server.url, closeCode: 'Solution provided' },
  credentials: async () => SERVICE_NOW_LOGIN,
  writeTicket,
});
