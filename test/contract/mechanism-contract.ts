// The contract suite that every mechanism passes, on stand-ins and on moto.
import { beforeEach, describe, expect, test } from 'vitest';
import {
  Conflict,
  Denied,
  NotFound,
  RetryableError,
  StateChanged,
  TargetGone,
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

/** An account for one mechanism, without any of its effects. */
export type Ground<Clients> = {
  /** Clients whose calls to AWS pass through `wrap`. */
  clients(wrap: <T extends object>(client: T) => T): Clients;
  /** Everything that the mechanism could change, in a comparable form. */
  snapshot(): Promise<unknown>;
  /** Another party changes the same resource without touching our effect. */
  othersAdd(): Promise<void>;
  /**
   * The owner deletes the target. Null where the target can't be deleted, for example an address. A ticket is no
   * target: deleting it removes our own change, like `othersUndo`.
   */
  deleteTarget: ((subject: Subject) => Promise<void>) | null;
  /** Another party removes our effect. */
  othersUndo(subject: Subject): Promise<void>;
};

/** An error with which the service refuses every call, and the typed error that it must become. */
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
   * Another party leaves the target in a state that is neither ours nor the captured one.
   * Omitted where no such state exists.
   * Returns the text that the StateChanged error must contain.
   */
  othersChange?(ground: Ground<Clients>): Promise<string>;
  /** The error name with which this API reports a concurrent write. */
  conflict?: string;
  /** The errors of this client, where they differ from those of the AWS SDK. */
  refusals?: readonly Refusal[];
};

/** The AWS SDK error of this name, thrown at every call. */
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
  {
    name: 'a broken connection',
    becomes: Unavailable,
    refusing: (client) =>
      new Proxy(client, {
        get: () => () =>
          Promise.reject(Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' })),
      }),
  },
];

/** No step of a mechanism makes more calls. A fault after the last call never fires. */
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

    /** The before-state as it is stored, that is, through JSON. */
    const capture = async (): Promise<unknown> =>
      JSON.parse(JSON.stringify(await driver.capture(subject)));
    const there = async (before: unknown) => (await driver.verify(subject, before)).holds;
    const gone = async (before: unknown) => (await driver.verifyReverted(subject, before)).holds;

    test('restores the original state byte for byte after apply and revert', async () => {
      await ground.othersAdd();
      const untouched = await ground.snapshot();
      const before = await capture();
      expect(await ground.snapshot(), 'capturing changes nothing').toEqual(untouched);
      expect(await there(before)).toBe(false);
      await driver.apply(subject, before);
      expect(await there(before)).toBe(true);
      expect(await gone(before)).toBe(false);
      await driver.revert(subject, before);
      expect(await there(before)).toBe(false);
      expect(await gone(before)).toBe(true);
      expect(JSON.stringify(await ground.snapshot())).toBe(JSON.stringify(untouched));
    });

    test('gives the same result when apply or revert runs twice', async () => {
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

    test('recognises an effect that existed before the action', async () => {
      const fresh = await capture();
      expect(mechanism.alreadyInPlace(mechanism.before.parse(fresh))).toBe(false);
      await driver.apply(subject, fresh);
      expect(mechanism.alreadyInPlace(mechanism.before.parse(await capture()))).toBe(true);
    });

    test('does not revert an effect that existed before the action', async () => {
      await driver.apply(subject, await capture());
      const theirs = await ground.snapshot();
      const before = await capture();
      await driver.apply(subject, before);
      await driver.revert(subject, before);
      expect(await ground.snapshot()).toEqual(theirs);
    });

    test.each(['before', 'after'] as const)(
      'reaches the same state after a crash %s any call and a second attempt',
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

    test('reverts an apply that crashed after any of its calls', async () => {
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

    test('keeps the changes that another party made after apply', async () => {
      const before = await capture();
      await driver.apply(subject, before);
      await ground.othersAdd();
      await driver.revert(subject, before);
      const left = await ground.snapshot();
      ground = await setup();
      await ground.othersAdd();
      expect(left).toEqual(await ground.snapshot());
    });

    test('reverts without an error when another party already removed the effect, and restores nothing', async () => {
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
      test('refuses to revert a state that another party changed, and names the state that it found', async () => {
        const before = await capture();
        await driver.apply(subject, before);
        const found = await othersChange(ground);
        const left = await ground.snapshot();
        const error: unknown = await driver.revert(subject, before).catch((one: unknown) => one);
        expect(error).toBeInstanceOf(StateChanged);
        expect((error as Error).message).toContain(found);
        expect(await ground.snapshot()).toEqual(left);
      });

    test('reports a deleted target as gone at every later step, and restores nothing', async () => {
      if (!ground.deleteTarget) return;
      const before = await capture();
      await driver.apply(subject, before);
      await ground.deleteTarget(subject);
      const left = await ground.snapshot().catch(() => 'deleted');
      const undo = async () => {
        await driver.revert(subject, before);
        return driver.verifyReverted(subject, before);
      };
      const steps = { verify: () => driver.verify(subject, before), undo };
      for (const [step, work] of Object.entries(steps))
        await expect(work(), step).rejects.toThrow(TargetGone);
      expect(await ground.snapshot().catch(() => 'deleted')).toEqual(left);
    });

    test('reports a target that was deleted after the capture as gone, and applies nothing', async () => {
      if (!ground.deleteTarget) return;
      const before = await capture();
      await ground.deleteTarget(subject);
      await expect(driver.apply(subject, before)).rejects.toThrow(TargetGone);
    });

    const all = conflict ? [...refusals, named(conflict, 400, Conflict)] : refusals;
    test.each(all)('turns $name into a typed error at every step', async (refusal) => {
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
          () => 'no error',
          (one: unknown) => one,
        );
        expect(thrown).toBeInstanceOf(refusal.becomes);
        if (refusal.becomes !== NotFound) expect(thrown).not.toBeInstanceOf(TargetGone);
        expect(thrown instanceof RetryableError).not.toBe(thrown instanceof TerminalError);
      }
    });

    test('rejects a stored before-state of another shape', async () => {
      await expect(
        Promise.resolve().then(() => driver.apply(subject, { nobody: 'wrote this' })),
      ).rejects.toThrow(`the stored before-state of ${mechanism.id} is not valid`);
    });
  });
}

/** True when the work failed on the injected fault, which typed errors carry as their cause. */
const crashes = (work: Promise<void>): Promise<boolean> =>
  work.then(
    () => false,
    (error: unknown) => {
      for (let at = error; at instanceof Error; at = at.cause) if (at instanceof Crash) return true;
      throw error;
    },
  );
