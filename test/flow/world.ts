// An account in memory with a manual clock, for tests of complete flows.
import { readFileSync } from 'node:fs';
import { assumeDrilled } from '../../cli/drill/assumed.ts';
import type { Analyst } from '../../functions/analyse/brief.ts';
import { playbook } from '../../functions/analyse/playbook-analyst.ts';
import type { Action } from '../../functions/domain/action.ts';
import type { StateFile } from '../../functions/mechanisms/stand-in.ts';
import type { Policy } from '../../functions/policy/policy.ts';
import { inMemory } from '../../local/aws/state-file.ts';
import { manualClock, systemClock } from '../../local/engine/clock.ts';
import { WRITE_DENIED } from '../../local/engine/write-permissions.ts';
import { createRuntime, type Runtime } from '../../local/runtime.ts';
import type { RuntimeOptions } from '../../local/runtime-options.ts';
import { type Sample, withCurrentTimes } from '../../local/samples.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { PAGE_KEY_BYTES, PROOF_KEYS } from '../fixtures/proofs.ts';

const BASE_URL = 'http://127.0.0.1:1';

export type World = Awaited<ReturnType<typeof createWorld>>;

/** States of stand-ins that a test changes as another caller of AWS would. */
export function statesInMemory() {
  const files = new Map<string, unknown>();
  return {
    state: <T>(name: string, initial: T): StateFile<T> => {
      const file = inMemory(initial);
      files.set(name, file);
      return file;
    },
    /** Throws if no stand-in has the state. */
    file<T>(name: string): StateFile<T> {
      const file = files.get(name);
      if (!file) throw new Error(`no stand-in has a state "${name}"`);
      return file as StateFile<T>;
    },
  };
}

const boxesIn = (page: string) =>
  [...page.matchAll(/name="ticked" value="([^"]*)"[^>]*><b>([^<]*)</g)].map(
    ([, value = '', label = '']) => ({ value, label }),
  );

export async function createWorld({
  policy = POLICY,
  analyst = playbook,
  folder,
  clock = manualClock(NOW),
  baseUrl = BASE_URL,
  engine,
  realTime = false,
  drilled = true,
  provider,
  recordLayout,
  trail,
  region,
  state,
}: {
  policy?: Policy;
  analyst?: Analyst;
  folder?: string;
  /** The clock of an earlier world on the same folder. */
  clock?: ReturnType<typeof manualClock>;
  baseUrl?: string;
  engine?: RuntimeOptions['engine'];
  /** For engines that only know real time. */
  realTime?: boolean;
  /** False: no mechanism has a drill result. */
  drilled?: boolean;
  /** The sign-in provider, where the policy requires sign-in. */
  provider?: RuntimeOptions['provider'];
  /** The layout of new incidents. */
  recordLayout?: RuntimeOptions['recordLayout'];
  /** What CloudTrail says. */
  trail?: RuntimeOptions['trail'];
  /** The region of the stack. */
  region?: string;
  /** Where the stand-ins keep their state. */
  state?: RuntimeOptions['state'];
} = {}) {
  let ids = 0;
  const faults: unknown[] = [];
  const runtime: Runtime = await createRuntime({
    policy,
    analyst,
    clock: realTime ? systemClock : clock,
    newId: () => `id-${++ids}`,
    log: (_level, message, fields) => {
      if (message === 'record altered' || message === WRITE_DENIED)
        faults.push({ message, ...fields });
    },
    webBaseUrl: baseUrl,
    linkKey: Buffer.alloc(32, 7),
    proofKeys: PROOF_KEYS,
    pageKey: PAGE_KEY_BYTES,
    ...(realTime ? {} : { retryIntervalMs: 0 }),
    ...(engine && { engine }),
    ...(provider && { provider }),
    ...(recordLayout && { recordLayout }),
    ...(trail && { trail }),
    ...(region && { region }),
    ...(state && { state }),
    ...(folder && { folder }),
  });
  const { store } = runtime;
  if (drilled) await assumeDrilled(policy, store.drills, realTime ? new Date() : NOW);

  const world = {
    runtime,
    clock,
    /** Delivers an event and waits until nothing more happens without a person. */
    async deliver(event: unknown) {
      const text = JSON.stringify(event);
      // The gate asks a person about an old finding.
      const sent = realTime ? withCurrentTimes(text, event as Sample['event'], new Date()) : text;
      const accepted = await runtime.accept(sent);
      await runtime.engine.quiet();
      return accepted;
    },
    /** Advances the clock in steps of ten seconds and runs everything that becomes due. */
    async pass(minutes: number) {
      for (let i = 0; i < minutes * 6; i++) {
        clock.advance(10_000);
        await runtime.engine.quiet();
        await runtime.tick();
        await runtime.engine.quiet();
      }
    },
    /** Reports of altered records, and of writes without permission. */
    faults: (): readonly unknown[] => faults,
    incidents: () => store.records.recentIncidents(50),
    async actions(): Promise<Action[]> {
      const incidents = await store.records.recentIncidents(50);
      return (
        await Promise.all(incidents.map(({ incidentId }) => store.records.actions(incidentId)))
      ).flat();
    },
    async action(name: string): Promise<Action> {
      const found = (await world.actions()).find((one) => one.name === name);
      if (!found) throw new Error(`there is no action ${name}`);
      return found;
    },
    /** Subjects of the messages to a person, in order. */
    subjectsTo: (person: string) =>
      runtime
        .inbox()
        .filter(({ message: { to } }) => to.kind === 'person' && to.id === person)
        .map(({ message }) => message.subject),
    /** The newest link sent to a person, in a message with these words in its subject. */
    link(person: string, about = ''): string {
      const links = runtime
        .inbox()
        .filter(({ message: { to } }) => to.kind === 'person' && to.id === person)
        .filter(({ message: { subject } }) => subject.includes(about))
        .flatMap(({ message }) => message.links);
      const url = links.at(-1)?.url;
      if (!url) throw new Error(`${person} was sent no link`);
      return url.slice(baseUrl.length);
    },
    open: (path: string) => runtime.web.request(path),
    /** Opens the page as a browser would. `post` submits its form with a choice, now or later. */
    async read(path: string) {
      const page = await (await runtime.web.request(path)).text();
      const hidden: [string, string][] = [
        ...page.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g),
      ].map(([, name = '', value = '']) => [name, value]);
      const post = async (choice: Record<string, string>, ticked: readonly string[] = []) => {
        const ticks = ticked.map((value): [string, string] => ['ticked', value]);
        const response = await runtime.web.request(path, {
          method: 'POST',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: baseUrl },
          // A page about several requests has one field of the same name for each.
          body: new URLSearchParams([...hidden, ...ticks, ...Object.entries(choice)]).toString(),
        });
        await runtime.engine.quiet();
        return response;
      };
      return { page, post };
    },
    form: async (path: string) => (await world.read(path)).post,
    choose: async (path: string, choice: Record<string, string>) =>
      (await world.form(path))(choice),
    /** Answers the requests for the action in the newest message to a person with these words in its subject. */
    approve: (person: string, about?: string) =>
      world.answer(world.link(person, about), 'approve', ''),
    decline: (person: string) => world.answer(world.link(person), 'decline', 'known scanner'),
    async answer(path: string, verdict: 'approve' | 'decline', reason: string) {
      const { page, post } = await world.read(path);
      const boxes = boxesIn(page);
      if (boxes.length === 0) return post({ verdict, reason });
      const asked = runtime
        .inbox()
        .find(({ message }) => message.links.some(({ url }) => url === `${baseUrl}${path}`));
      const all = await runtime.store.records.actions(asked?.message.incidentId ?? '');
      const own = all.find(({ actionId }) => actionId === asked?.message.actionId);
      const ofTheKind = all
        .filter(({ name }) => name === own?.name)
        .map(({ actionId }) => actionId);
      const ticked = boxes
        .map(({ value }) => value)
        .filter((value) => ofTheKind.some((actionId) => value.startsWith(`${actionId} `)));
      return post({ verdict: `${verdict}-ticked`, reason }, ticked);
    },
    /** Approves one of the requests on the page, by a part of its headline. */
    async approveOnly(person: string, headline: string) {
      const { page, post } = await world.read(world.link(person));
      const box = boxesIn(page).find(({ label }) => label.includes(headline));
      if (!box) throw new Error(`nothing on the page is about ${headline}`);
      return post({ verdict: 'approve-ticked', reason: '' }, [box.value]);
    },
    blocked: () => addressesIn(runtime, 'block'),
    watched: () => addressesIn(runtime, 'watch'),
    /** Deny rules of one host in the network ACLs. */
    denied: () =>
      runtime
        .networkAcls()
        .flatMap(({ id, denied }) => denied.map(({ cidr }) => `${cidr} at ${id}`)),
    /**
     * P8: no record may look altered by anyone else, and no function may write beyond its permissions. With `planted`,
     * the test altered one, which must be noticed.
     */
    async stop({ planted = false } = {}): Promise<void> {
      await runtime.stop();
      if (planted && faults.length === 0) throw new Error('no one noticed what was planted');
      if (!planted && faults.length > 0)
        throw new Error(`faulty writes: ${JSON.stringify(faults)}`);
    },
  };
  return world;
}

const addressesIn = (runtime: Runtime, purpose: string): string[] =>
  runtime
    .ipSets()
    .filter(({ name }) => name.includes(purpose))
    .flatMap(({ addresses }) => addresses);

/** The event of a sample. */
export function sample(name: string): Record<string, unknown> {
  const url = new URL(`../../local/samples/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(url, 'utf8')).event;
}
