// A deployed stack in one process: its definitions and functions on stand-ins.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { analyseStep } from '../functions/analyse/step.ts';
import { approve } from '../functions/approve/approve.ts';
import type { Images } from '../functions/archive/change.ts';
import type { ProofKeys } from '../functions/authority/keys.ts';
import { bounce } from '../functions/bounce/bounce.ts';
import { close } from '../functions/close/close.ts';
import { enrichStep } from '../functions/enrich/step.ts';
import { gate } from '../functions/gate/gate.ts';
import { type Accepted, acceptEvent } from '../functions/intake/intake.ts';
import { effectsOf } from '../functions/mechanisms/registry.ts';
import type { WriteTicket } from '../functions/mechanisms/ticket/ticket-provider.ts';
import { sendingHarmless } from '../functions/messaging/harmless.ts';
import { rateLimited } from '../functions/messaging/rate-limited-send.ts';
import { ticketSteps } from '../functions/messaging/texts/ticket-steps.ts';
import { ticketOf } from '../functions/messaging/ticket.ts';
import { notify } from '../functions/notify/notify.ts';
import { createCallback, createStarter } from '../functions/platform/executions.ts';
import { errorFields } from '../functions/platform/log.ts';
import { incidentUrlOf } from '../functions/policy/incident-page.ts';
import { remind } from '../functions/remind/remind.ts';
import { moveToSweepIndex } from '../functions/store/index-move.ts';
import { createStore } from '../functions/store/store.ts';
import { incidentOf, isShown } from '../functions/store/summarised.ts';
import type { Key } from '../functions/store/table.ts';
import { writesOf } from '../functions/store/writers.ts';
import { backfill, summarise } from '../functions/summarise/summarise.ts';
import { sweep } from '../functions/sweep/sweep.ts';
import { updateTickets } from '../functions/ticket/update-tickets.ts';
import { checkWorld } from '../functions/world/check.ts';
import { createAccount, LOCAL_REGION } from './account.ts';
import { createArchiver } from './archiver.ts';
import { emptyIpSets } from './aws/deployment.ts';
import { createDns, LOCAL_ZONES } from './aws/dns.ts';
import { createInbox, type Delivered } from './aws/inbox.ts';
import { openState } from './aws/state-file.ts';
import { createStepFunctions } from './aws/step-functions.ts';
import { createExecutionLog } from './engine/execution-log.ts';
import { createScheduler } from './engine/scheduler.ts';
import { createEngine, type Functions } from './engine/state-machines.ts';
import { changeOf } from './engine/stream.ts';
import { openTable } from './engine/table.ts';
import { withWritePermissions } from './engine/write-permissions.ts';
import { createMac, proofMacs } from './mac.ts';
import type { RuntimeOptions } from './runtime-options.ts';
import { scopeFunctions } from './scope-functions.ts';
import { createSites } from './sites.ts';
import { createTick } from './tick.ts';

export type Rejected = { at: string; reason: string; body: string };
export type Runtime = Awaited<ReturnType<typeof createRuntime>>;

/** Functions whose pages must not wait for executions, as they don't in AWS: to read, decide and stop. */
const PAGES: readonly string[] = ['web', 'console', 'api', 'halt', 'resume'];

export async function createRuntime(options: RuntimeOptions) {
  const { policy, clock, newId, log, folder, webBaseUrl } = options;
  const { now } = clock;
  const keys: ProofKeys = proofMacs(options.proofKeys);
  const pageKey = createMac(options.pageKey);
  const archiver = await createArchiver({ folder, copies: options.copies, keys, log, now });
  let changed = { incidents: new Set<string>(), isAnything: false };
  let changes = 0;
  const onChange = (written: Key & Images): Promise<void> => {
    const change = changeOf(written, now());
    const incidentId = incidentOf(change);
    if (incidentId) changed.incidents.add(incidentId);
    changed.isAnything ||= isShown(change);
    if (isShown(change)) changes++;
    return archiver.copy(change);
  };
  const table = openTable(folder, { onChange });
  const kept = openState(folder);
  const state = options.state ?? kept.state;
  const store = createStore(table, log, keys.resumptions);
  const recordLayout = options.recordLayout ?? 2;
  const settings = { recordLayout, layout1Ended: false };

  const inbox = kept.rows<Delivered>('inbox');
  const rejected = state<Rejected[]>('rejected', []);
  const deliver = createInbox(inbox, now);
  /** The store and the sender of a function, which has the same write permissions as its role in AWS. */
  const ownTable = (name: string) => {
    const calls = PAGES.includes(name) ? table.atOnce : table;
    const limited = withWritePermissions(calls, name, writesOf(name, settings), log);
    const own = createStore(limited, log, keys.resumptions);
    return {
      store: own,
      send: sendingHarmless(rateLimited(deliver, { store: own, policy, pageKey, now, log })),
    };
  };
  const mac = createMac(options.linkKey, options.previousLinkKey);
  const writeTicket: WriteTicket = (incidentId, readIn) => {
    const parts = { writeSteps: ticketSteps, urlOf: incidentUrlOf({ policy, webBaseUrl }) };
    return ticketOf(store.records, incidentId, now(), readIn === 'message' ? { readIn } : parts);
  };
  const account = createAccount({
    state,
    policy,
    ...ownTable('execute-message'),
    writeTicket,
    now,
  });

  const functions: Record<string, (payload: unknown) => Promise<unknown>> = {};
  const engine = (options.engine ?? createEngine)({
    functions,
    clock,
    newId,
    log: createExecutionLog(folder && join(folder, 'executions.jsonl')),
    ...(options.onEvent && { onEvent: options.onEvent }),
    ...(options.retryIntervalMs !== undefined && { retryIntervalMs: options.retryIntervalMs }),
  });
  const stepFunctions = createStepFunctions(engine);
  const scheduler = createScheduler(kept.rows('schedules'), async (target, name) => {
    if (target.kind === 'reverse') engine.start('reverse', `${name}-${newId()}`, target.input);
    else await remind(depsOf('remind'), target.input);
  });

  const deps = {
    policy,
    here: { account: policy.account, region: options.region ?? LOCAL_REGION },
    mac,
    pages: keys.votes,
    keys,
    provider: options.provider ?? null,
    newId,
    callback: createCallback(stepFunctions),
    webBaseUrl,
    now,
    log,
    startRespond: createStarter(stepFunctions, 'respond'),
    startReverse: createStarter(stepFunctions, 'reverse'),
    ask: (input: object): Promise<void> => approve(depsOf('approve'), input),
    schedules: scheduler,
    openTicket: async (incidentId: string) =>
      (await account.ticketProvider.open(await writeTicket(incidentId))).name,
    reject: async (body: string, reason: string) =>
      rejected.write([...rejected.view(), { at: now().toISOString(), reason, body }]),
    effectsOf,
    ownPrefix: 'countermand-',
    recordLayout,
    analysts: [options.analyst],
    milliseconds: policy.analysis.secondsInAll * 1000,
    asksModel: options.analyst.origin !== 'playbook',
    nonce: () => randomBytes(4).toString('hex'),
    deadline: AbortSignal.timeout,
    ec2: account.ec2,
    iam: account.iam,
    lambda: account.lambda,
    gateway: account.gateway,
    cognito: account.cognito,
    ssm: account.ssm,
    waf: account.samples,
    flowSource: account.flowSource,
    trailIn: () => ({ lookupEvents: async () => ({ $metadata: {}, Events: [] }) }),
    awsConfig: account.awsConfig,
    dns: createDns(LOCAL_ZONES),
    pageKey,
    readDeadline: () => AbortSignal.timeout(8_000),
    readers: account.worlds,
    trail: options.trail ?? (async () => []),
    // As in AWS, the world check doesn't wait for the executor, which may refuse.
    putBack: async (scope: string, input: object): Promise<void> => {
      await functions[`execute-${scope}`]?.(input).catch((error: unknown) =>
        log('warn', 'not put back', errorFields(error)),
      );
    },
    // Stand-ins and records are consistent at once.
    sleep: async () => {},
    notify: async (input: object) => void (await notify(depsOf('notify'), input)),
  };
  const depsOf = (name: string) => ({ ...deps, ...ownTable(name) });
  Object.assign(functions, {
    enrich: (payload) => enrichStep(depsOf('enrich'), payload),
    analyse: (payload) => analyseStep(deps, payload),
    gate: (payload) => gate(depsOf('gate'), payload),
    approve: (payload) => approve(depsOf('approve'), payload),
    notify: (payload) => notify(depsOf('notify'), payload),
    close: (payload) => close(depsOf('close'), payload),
  } satisfies Functions);
  Object.assign(functions, scopeFunctions(account.scopes, depsOf));
  const startedAt = now().getTime();
  const sites = createSites({ depsOf, keys, changes: () => `${startedAt} ${changes}` });
  await moveToSweepIndex(ownTable('sweep').store.table);
  engine.resume();

  const jobs = {
    sweep: () => sweep(depsOf('sweep')),
    checkWorld: () => checkWorld(depsOf('world')),
  };
  const summaries = { ...ownTable('summarise'), newId };
  let isBackfilling = true;
  const tick = createTick({
    now,
    summarise: async () => {
      if (isBackfilling) isBackfilling = await backfill(summaries);
      const { incidents, isAnything } = changed;
      changed = { incidents: new Set(), isAnything: false };
      if (isAnything) await summarise(summaries, incidents);
      await updateTickets({ provider: account.ticketProvider, writeTicket }, incidents);
    },
    runSchedules: () => scheduler.tick(now()),
    ...jobs,
    digest: archiver.digest,
  });
  return {
    policy,
    store,
    /** The store with the permissions of a function. */
    storeOf: (name: string) => ownTable(name).store,
    engine,
    ...sites,
    mac,
    keys,
    /** The archived copies of the records. */
    copies: archiver.files,
    /** Tests replace a function to make it fail. */
    functions,
    inbox: () => inbox.all(),
    rejected: () => rejected.view(),
    tickets: account.tickets,
    ipSets: account.ipSets,
    mail: account.mail,
    functionsInAws: account.functions,
    flowLogs: account.flowLogs,
    identities: account.identities,
    networkAcls: account.networkAcls,
    accept: (body: string): Promise<Accepted[]> => acceptEvent(depsOf('intake'), body),
    ...jobs,
    /** Delivers an event of SES about an email that did not arrive. */
    bounce: (event: unknown) => bounce({ ...depsOf('bounce'), askNext: deps.ask }, event),
    emptyIpSets: (by: 'person' | 'deployment') =>
      emptyIpSets(depsOf('world'), account.emptyIpSets, by),
    /** Resolves when everything that runs waits for a person or a free slot, or after one second. */
    settled: () => Promise.race([engine.quiet('settled'), delay(1_000, undefined, { ref: false })]),
    tick,
    /** When the next schedule fires, or null. */
    nextSchedule: () => scheduler.next(),
    async stop(): Promise<void> {
      await engine.stop();
      await archiver.digest();
      await table.close();
      kept.close();
    },
  };
}
