// Counts the messages, requests and tickets that events cause, in memory.
import { createDryAccount } from '../../cli/dry-account.ts';
import type { EventFile } from '../../cli/events.ts';
import type { Out, Outcome } from '../../cli/output.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import { oneLine } from '../../functions/domain/wording.ts';
import type { Message } from '../../functions/messaging/message.ts';
import { manualClock } from '../../local/engine/clock.ts';
import { withCurrentTimes } from '../../local/samples.ts';
import { median } from './median.ts';

const STEP_MS = 20_000;
const MINUTE_MS = 60_000;
/** Longer than the last request waits, so that every expiry, digest and undo of the first hour counts. */
const AFTER_MINUTES = 60;

type Counts = Record<(typeof MEASURES)[number], number>;
const MEASURES = ['messages', 'pages', 'questions', 'requests', 'tickets', 'modelCalls'] as const;

/**
 * Delivers the events with current times, `everyMinutes` apart, and lets an hour pass without an answer. The model is
 * the playbook, counted as a model.
 */
export async function counts(
  events: readonly EventFile[],
  everyMinutes: number,
  out: Out,
): Promise<Outcome> {
  const clock = manualClock(new Date());
  const model = countedModel();
  // The clock stands still while the engine works, so a retry must not wait for it.
  const options = { analyst: model.analyst, retryIntervalMs: 0 };
  const account = await createDryAccount('local', clock, options);
  const began = performance.now();
  /** By key, because the inbox keeps only the latest messages. */
  const received = new Map<string, Message>();
  const settle = async () => {
    await account.engine.quiet();
    for (const { message } of account.inbox()) received.set(message.key, message);
  };
  const pass = async (minutes: number) => {
    for (let ms = 0; ms < minutes * MINUTE_MS; ms += STEP_MS) {
      clock.advance(STEP_MS);
      await settle();
      await account.tick();
      await settle();
    }
  };
  const fileOf = new Map<string, string>();
  for (const { name, body } of events) {
    for (const one of await account.accept(current(body, clock.now())))
      if ('alertId' in one) fileOf.set(one.alertId, name);
    await settle();
    await pass(everyMinutes);
  }
  await pass(AFTER_MINUTES);
  const messages = [...received.values()];
  const incidents = await account.store.records.recentIncidents(events.length + 1);
  const actions = await Promise.all(
    incidents.map(({ incidentId }) => account.store.records.actions(incidentId)),
  );
  const total: Counts = {
    messages: messages.length,
    pages: messages.filter(({ urgency }) => urgency === 'page').length,
    questions: messages.filter(({ key }) => key.startsWith('ask-')).length,
    requests: actions.flat().filter(({ disposition }) => disposition === 'approve').length,
    tickets: account.tickets().length,
    modelCalls: model.calls(),
  };
  await account.stop();
  const perPerson = perAlertAndPerson(messages);
  const [worst] = perPerson.toSorted((a, b) => b.count - a.count);
  const seconds = ((performance.now() - began) / 1000).toFixed(0);
  const megabytes = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  out.line(
    `events: ${events.length}, alerts: ${fileOf.size}, incidents: ${incidents.length} (${seconds} s, ${megabytes} MB)`,
  );
  for (const measure of MEASURES) out.line(`${String(total[measure]).padStart(6)} ${measure}`);
  for (const [kind, count] of byKind(messages))
    out.line(`${String(count).padStart(10)} messages ${kind}`);
  const perPair = median(perPerson.map(({ count }) => count));
  out.line(`median per alert and person: ${perPair} messages`);
  if (worst) {
    const file = oneLine(fileOf.get(worst.alert) ?? worst.alert);
    out.line(`worst: ${worst.count} messages to ${worst.person} about ${file}`);
  }
  return { exitCode: 0, results: perPerson, counts: { ...total, median: perPair } };
}

/** The playbook in place of the model, so that the limits on model calls apply. */
function countedModel() {
  let calls = 0;
  const analyst: Analyst = {
    origin: 'anthropic',
    model: 'counted',
    judge: (...asked) => {
      calls++;
      return playbook.judge(...asked);
    },
  };
  return { analyst, calls: () => calls };
}

function current(body: string, now: Date): string {
  try {
    return withCurrentTimes(body, JSON.parse(body), now);
  } catch {
    // Not JSON. Intake rejects it.
    return body;
  }
}

type Received = { alert: string; person: string; count: number };

/** How many messages about one alert a person received, for each pair with at least one. Digests are about no alert. */
function perAlertAndPerson(messages: readonly Message[]): Received[] {
  const pairs = new Map<string, Received>();
  for (const { to, actionId, key } of messages) {
    const alert = /act-([0-9a-z]{16})/.exec(actionId ?? key)?.[1];
    if (to.kind !== 'person' || !alert) continue;
    const id = `${alert} ${to.id}`;
    const { count } = pairs.get(id) ?? { count: 0 };
    pairs.set(id, { alert: `al-${alert}`, person: to.id, count: count + 1 });
  }
  return [...pairs.values()];
}

/** By recipient and the first word of the key, most frequent first. */
function byKind(messages: readonly Message[]): [string, number][] {
  const kinds = Map.groupBy(
    messages,
    ({ to, key }) => `to ${to.kind === 'team' ? 'the team' : 'people'}: ${key.split('-')[0]}`,
  );
  return [...kinds]
    .map(([kind, all]): [string, number] => [kind, all.length])
    .sort(([, a], [, b]) => b - a);
}
