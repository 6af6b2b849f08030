// Asking about one more request of an incident that already has many.
import { expect, test } from 'vitest';
import { approve } from '../../functions/approve/approve.ts';
import type { ApproveDeps } from '../../functions/approve/deps.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { alertWith, INCIDENT_ID, incidentWith, POLICY } from '../fixtures/case.ts';
import { countingActions, storeOn } from '../store/memory-table.ts';
import { BASE_URL, mac, minute, requestWith, waiting } from '../web/approval-pages.ts';

const unasked = () => requestWith({ askedRungs: 0, taskToken: null });
const hex = (n: number) => n.toString(16).padStart(16, '0');

/** Asks about `count` requests, each of an alert of its own. Returns the messages and the records read for each. */
async function askAbout(count: number) {
  const { table, counted } = countingActions();
  const store = storeOn(table);
  const sent: Message[] = [];
  const deps: ApproveDeps = {
    ...{ store, policy: POLICY, mac, webBaseUrl: BASE_URL, log: () => {} },
    send: async (message) => {
      sent.push(message);
      return { notBy: [] };
    },
    callback: async () => {},
    now: () => minute(1),
  };
  const reads: number[] = [];
  const opened = incidentWith(alertWith({ alertId: `al-${hex(0)}` }));
  for (let n = 0; n < count; n++) {
    const alert = alertWith({ alertId: `al-${hex(n)}` });
    const own = incidentWith(alert).alerts;
    if (n === 0) await store.records.createIncident(opened);
    else
      await store.records.changeIncident(INCIDENT_ID, (incident) => ({
        ...incident,
        alerts: [...incident.alerts, ...own],
        version: incident.version + 1,
      }));
    await store.records.putAlert(INCIDENT_ID, alert, {});
    const actionId = `act-${hex(n)}-1`;
    const { alertId } = alert;
    await store.records.createAction(waiting({ actionId, alertId, approval: unasked() }));
    counted.read = 0;
    await approve(deps, { incidentId: INCIDENT_ID, actionId, rung: 0, taskToken: `token-${n}` });
    reads.push(counted.read);
  }
  return { sent, reads };
}

test('reads at most a few records for each further request, pages for the first, and says that there may be more', async () => {
  const { sent, reads } = await askAbout(60);
  expect(Math.max(...reads)).toBeLessThanOrEqual(16);
  expect(sent.map(({ urgency }) => urgency)).toEqual(['page', ...Array(59).fill('inform')]);
  expect(sent.at(-1)?.subject).toMatch(/^Approve \d+ or more actions\?/);
  expect(sent[5]?.subject).toMatch(/^Approve 6 actions\?/);
});
