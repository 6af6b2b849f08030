// What every mechanism promises, as one suite: run for each of them, on stand-ins and on moto.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  Conflict,
  Denied,
  NotFound,
  RetryableError,
  StateChanged,
  TerminalError,
  Throttled,
  Unavailable,
} from '../../functions/domain/errors.ts';
import {
  type Connected,
  connected,
  type Mechanism,
  type Subject,
} from '../../functions/mechanisms/mechanism.ts';
import { awsFailure } from '../../functions/mechanisms/stand-in.ts';
import { Crash, type Fault, faulty } from './faults.ts';

/** One account that a mechanism works on, empty of its effects. */
export type Ground<Clients> = {
  /** Clients whose calls to AWS pass through `wrap`. */
  clients(wrap: <T extends object>(client: T) => T): Clients;
  /** Everything that the mechanism could change, in a form that can be compared byte for byte. */
  snapshot(): Promise<unknown>;
  /** Somebody else changes the same resource, beside our effect. */
  othersAdd(): Promise<void>;
  /** Somebody else takes our effect away. */
  othersUndo(subject: Subject): Promise<void>;
};

/** One way in which a service refuses every call, and what that has to become. */
export type Refusal = {
  name: string;
  becomes: new (message: string) => Error;
  refusing: <T extends object>(client: T) => T;
};

export type Contract<Clients, Before> = {
  mechanism: Mechanism<Clients, Before>;
  subject: Subject;
  setup(): Promise<Ground<Clients>>;
  /**
   * Somebody else leaves the target in a state that is neither ours nor the one before, where there is such a state.
   * Returns what the refusal has to say of it.
   */
  othersChange?(ground: Ground<Clients>): Promise<string>;
  /** The name under which this API tells that another writer was faster. */
  conflict?: string;
  /** How this client is refused, where that is not as AWS's SDK does it. */
  refusals?: readonly Refusal[];
};

/** The error that AWS's SDK throws under this name, at every call. */
const named = (name: string, status: number, becomes: Refusal['becomes']): Refusal => ({
  name,
  becomes,
  refusing: (client) =>
    new Proxy(client, { get: () => () => Promise.reject(awsFailure(name, status, 'refused')) }),
});
const REFUSALS: readonly Refusal[] = [
  named('ThrottlingException', 400, Throttled),
  named('TooManyRequestsException', 429, Throttled),
  named('AccessDeniedException', 400, Denied),
  named('ResourceNotFoundException', 400, NotFound),
  named('InternalServerError', 500, Unavailable),
];

/** No mechanism needs more calls for one step; a fault after the last one never fires. */
const MOST_CALLS = 12;

export function contract<Clients, Before>(
  name: string,
  {
    mechanism,
    subject,
    setup,
    othersChange,
    conflict,
    refusals = REFUSALS,
  }: Contract<Clients, Before>,
): void {
  describe(name, () => {
    let ground: Ground<Clients>;
    let driver: Connected['driver'];
    const join = (wrap: <T extends object>(client: T) => T = (client) => client) =>
      connected(mechanism, ground.clients(wrap)).driver;
    const broken = (fault: Fault) => join((client) => faulty(client, fault).client);

    beforeEach(async () => {
      ground = await setup();
      driver = join();
    });

    /** As it is recorded: through JSON, and read back by the mechanism’s own schema. */
    const capture = async (): Promise<unknown> =>
      JSON.parse(JSON.stringify(await driver.capture(subject)));
    const there = async (before: unknown) => (await driver.verify(subject, before)).holds;
    const gone = async (before: unknown) => (await driver.verifyReverted(subject, before)).holds;

    test('apply, verify, revert, verify leaves everything as it was, byte for byte', async () => {
      await ground.othersAdd();
      const untouched = await ground.snapshot();
      const before = await capture();
      expect(await ground.snapshot(), 'looking changes nothing').toEqual(untouched);
      expect(await there(before)).toBe(false);
      await driver.apply(subject, before);
      expect(await there(before)).toBe(true);
      expect(await gone(before)).toBe(false);
      await driver.revert(subject, before);
      expect(await there(before)).toBe(false);
      expect(await gone(before)).toBe(true);
      expect(JSON.stringify(await ground.snapshot())).toBe(JSON.stringify(untouched));
    });

    test('twice is once', async () => {
      const before = await capture();
      await driver.apply(subject, before);
      const applied = await ground.snapshot();
      await driver.apply(subject, before);
      expect(await ground.snapshot()).toEqual(applied);
      await driver.revert(subject, before);
      const reverted = await ground.snapshot();
      await driver.revert(subject, before);
      expect(await ground.snapshot()).toEqual(reverted);
    });

    test('what was there before us is seen to be so', async () => {
      const fresh = await capture();
      expect(mechanism.wasThere(mechanism.before.parse(fresh))).toBe(false);
      await driver.apply(subject, fresh);
      expect(mechanism.wasThere(mechanism.before.parse(await capture()))).toBe(true);
    });

    test('what was there before us is left alone even by a revert', async () => {
      await driver.apply(subject, await capture());
      const theirs = await ground.snapshot();
      const before = await capture();
      await driver.apply(subject, before);
      await driver.revert(subject, before);
      expect(await ground.snapshot()).toEqual(theirs);
    });

    test.each(['before', 'after'] as const)(
      'a crash %s any call, and the same again, comes to the same end',
      async (when) => {
        for (let call = 1; call <= MOST_CALLS; call++) {
          ground = await setup();
          driver = join();
          const untouched = await ground.snapshot();
          const before = await capture();
          const fault = { call, when, error: () => new Crash() };
          const applied = await crashes(broken(fault).apply(subject, before));
          await driver.apply(subject, before);
          expect(await there(before), `apply, call ${call}`).toBe(true);
          const reverted = await crashes(broken(fault).revert(subject, before));
          await driver.revert(subject, before);
          expect(await gone(before), `revert, call ${call}`).toBe(true);
          expect(await ground.snapshot()).toEqual(untouched);
          if (!applied && !reverted) return;
        }
        expect.fail(`a step makes more than ${MOST_CALLS} calls`);
      },
    );

    test('a change that was never finished is taken back from any point', async () => {
      for (let call = 1; call <= MOST_CALLS; call++) {
        ground = await setup();
        driver = join();
        const untouched = await ground.snapshot();
        const before = await capture();
        const fault: Fault = { call, when: 'after', error: () => new Crash() };
        const crashed = await crashes(broken(fault).apply(subject, before));
        await driver.revert(subject, before);
        expect(await gone(before)).toBe(true);
        expect(await ground.snapshot(), `call ${call}`).toEqual(untouched);
        if (!crashed) return;
      }
      expect.fail(`apply makes more than ${MOST_CALLS} calls`);
    });

    test('what others changed in between stays theirs', async () => {
      const before = await capture();
      await driver.apply(subject, before);
      await ground.othersAdd();
      await driver.revert(subject, before);
      const left = await ground.snapshot();
      ground = await setup();
      await ground.othersAdd();
      expect(left).toEqual(await ground.snapshot());
    });

    test('what somebody else took away already is fine, and nothing is put back', async () => {
      const before = await capture();
      await driver.apply(subject, before);
      await ground.othersUndo(subject);
      const left = await ground.snapshot();
      expect(await there(before)).toBe(false);
      await driver.revert(subject, before);
      expect(await gone(before)).toBe(true);
      expect(await ground.snapshot()).toEqual(left);
    });

    if (othersChange)
      test('what somebody else changed since is not undone, and the refusal says what it found', async () => {
        const before = await capture();
        await driver.apply(subject, before);
        const found = await othersChange(ground);
        const left = await ground.snapshot();
        const error: unknown = await driver.revert(subject, before).catch((one: unknown) => one);
        expect(error).toBeInstanceOf(StateChanged);
        expect((error as Error).message).toContain(found);
        expect(await ground.snapshot()).toEqual(left);
      });

    const all = conflict ? [...refusals, named(conflict, 400, Conflict)] : refusals;
    test.each(all)('$name becomes a typed error wherever it comes', async (refusal) => {
      const refused = join(refusal.refusing);
      const before = await capture();
      const steps = [
        () => refused.capture(subject),
        () => refused.apply(subject, before),
        () => refused.verify(subject, before),
        () => refused.revert(subject, before),
        () => refused.verifyReverted(subject, before),
      ];
      for (const step of steps) {
        const thrown: unknown = await step().then(
          () => 'it did not fail',
          (one: unknown) => one,
        );
        expect(thrown).toBeInstanceOf(refusal.becomes);
        expect(thrown instanceof RetryableError).not.toBe(thrown instanceof TerminalError);
      }
    });

    test('a before-state of another shape is refused', async () => {
      await expect(
        Promise.resolve().then(() => driver.apply(subject, { nobody: 'wrote this' })),
      ).rejects.toThrow(`the stored before-state of ${mechanism.id} is not valid`);
    });
  });
}

/** Whether it failed on the fault. The typed errors carry what was thrown as their cause. */
const crashes = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Crash) return true;
      throw error;
    },
  );
