// Reads policies/ for one account: parses, merges the overlay, checks, and names every fault by file and line.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { digestOf } from '../functions/audit/chain.ts';
import {
  AccountFile,
  type AccountOverlay,
  type ActionName,
  type ActionPolicy,
  ActionsFile,
  EscalationFile,
  LimitsFile,
  Policy,
  ProtectedFile,
} from '../functions/domain/policy.ts';
import { MECHANISMS } from '../functions/execute/registry.ts';

/** One thing wrong with a policy: where it is, and what was expected. */
export type Fault = { file: string; line: number; field: string; expected: string };

/** Thrown with everything that is wrong, so that one look is enough. */
export class PolicyError extends Error {
  readonly faults: readonly Fault[];
  constructor(faults: readonly Fault[]) {
    super(faults.map((f) => `${f.file}:${f.line} ${f.field}: ${f.expected}`).join('\n'));
    this.name = 'PolicyError';
    this.faults = faults;
  }
}

type Path = readonly PropertyKey[];
/** A parsed file that can still say on which line a field stands. */
type Read<T> = { data: T; fault: (path: Path, expected: string) => Fault };

/**
 * The policy of one account.
 *
 * `account` is the name of a file in `accounts/`, without `.yaml`. Throws PolicyError.
 */
export function loadPolicy(directory: string, account: string): Policy {
  const faults: Fault[] = [];
  const read = <S extends z.ZodType>(name: string, schema: S) =>
    readFile(directory, `${name}.yaml`, schema, faults);
  const actions = read('actions', ActionsFile);
  const escalation = read('escalation', EscalationFile);
  const limits = read('limits', LimitsFile);
  const protectedTargets = read('protected', ProtectedFile);
  const overlay = read(`accounts/${account}`, AccountFile);
  if (!actions || !escalation || !limits || !protectedTargets || !overlay)
    throw new PolicyError(faults);

  const merged = {
    account: overlay.data.account,
    mode: overlay.data.mode,
    stage: overlay.data.stage,
    actions: withOverlay(actions.data.actions, overlay, faults),
    escalation: overlay.data.escalation ?? escalation.data,
    limits: { ...limits.data, ...overlay.data.limits },
    protected: [...protectedTargets.data.protected, ...(overlay.data.protected ?? [])],
  };
  faults.push(
    ...withoutReversal(merged.actions, actions),
    ...ladderFaults(merged, overlay.data.escalation ? overlay : escalation),
  );
  if (faults.length > 0) throw new PolicyError(faults);
  return Policy.parse({ ...merged, version: digestOf(merged).slice(0, 12) });
}

function readFile<S extends z.ZodType>(
  directory: string,
  name: string,
  schema: S,
  faults: Fault[],
): Read<z.infer<S>> | null {
  const path = join(directory, name);
  const file = relative(process.cwd(), path);
  const lines = new LineCounter();
  const document = parseDocument(textOf(path, file), { lineCounter: lines });
  const fault = (at: Path, expected: string): Fault => ({
    file,
    line: lineOf(document, lines, at),
    field: at.length > 0 ? at.map(String).join('.') : '(file)',
    expected,
  });
  for (const error of document.errors)
    faults.push({
      file,
      line: error.linePos?.[0].line ?? 1,
      field: '(syntax)',
      expected: error.message.split('\n')[0] ?? '',
    });
  if (document.errors.length > 0) return null;
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return { data: parsed.data, fault };
  faults.push(...parsed.error.issues.map((issue) => fault(issue.path, issue.message)));
  return null;
}

function textOf(path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? cause.code : cause;
    throw new PolicyError([
      { file, line: 1, field: '(file)', expected: `a readable file, and it is not: ${why}` },
    ]);
  }
}

/** The line of the field, or of the nearest field around it that exists. */
function lineOf(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: Path,
): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

type Actions = Record<ActionName, ActionPolicy>;
type ActionOverlay = NonNullable<NonNullable<AccountOverlay['actions']>[ActionName]>;

function withOverlay(actions: Actions, overlay: Read<AccountOverlay>, faults: Fault[]): Actions {
  const changed = Object.entries(overlay.data.actions ?? {}) as [ActionName, ActionOverlay][];
  const entries = changed.map(([name, change]) => {
    const at = (field: string, expected: string) =>
      faults.push(overlay.fault(['actions', name, field], expected));
    return [name, tightened(actions[name], change, at)] as const;
  });
  return { ...actions, ...Object.fromEntries(entries) };
}

/** The action as the overlay wants it, which may only be stricter; `at` is told where it is not. */
function tightened(
  action: ActionPolicy,
  change: ActionOverlay,
  at: (field: string, expected: string) => void,
): ActionPolicy {
  const { tier = action.tier, confidenceFloor = action.confidenceFloor } = change;
  if (tier < action.tier)
    at('tier', `an overlay may only raise the tier, and it is ${action.tier}`);
  if (confidenceFloor < action.confidenceFloor)
    at('confidenceFloor', `an overlay may only raise it, and it is ${action.confidenceFloor}`);
  const common = { ...action, confidenceFloor };
  if (common.tier === 3) return common;
  if (tier === 3) {
    const { enabled: _enabled, lifetime: _lifetime, ...rest } = common;
    const { approvalTimeoutMinutes: _timeout, ...described } = {
      approvalTimeoutMinutes: 0,
      ...rest,
    };
    return { ...described, tier: 3, rationale: 'The policy of this account never runs it' };
  }
  const lifetime = shortened(common.lifetime, change.maxDurationMinutes, at);
  if (common.tier === 1 && tier === 1) return { ...common, lifetime };
  const base = common.tier === 2 ? common.approvalTimeoutMinutes : 15;
  const approvalTimeoutMinutes = change.approvalTimeoutMinutes ?? base;
  if (approvalTimeoutMinutes > base)
    at('approvalTimeoutMinutes', `an overlay may only shorten it, and it is ${base}`);
  return { ...common, tier: 2, lifetime, approvalTimeoutMinutes };
}

type Lifetime = Exclude<ActionPolicy, { tier: 3 }>['lifetime'];

function shortened(
  lifetime: Lifetime,
  minutes: number | undefined,
  at: (field: string, expected: string) => void,
): Lifetime {
  if (minutes === undefined) return lifetime;
  if (lifetime.undo === 'kept') {
    at('maxDurationMinutes', 'nothing: this action is kept, and withdrawn as its policy says');
    return lifetime;
  }
  if (minutes > lifetime.maxDurationMinutes)
    at(
      'maxDurationMinutes',
      `an overlay may only shorten it, and it is ${lifetime.maxDurationMinutes}`,
    );
  return { ...lifetime, maxDurationMinutes: minutes };
}

/** Promise 3: what may run must have a registered way back. */
function withoutReversal(actions: Actions, { fault }: Read<unknown>): Fault[] {
  const registered = new Set(MECHANISMS.map(({ action }) => action));
  return (Object.entries(actions) as [ActionName, ActionPolicy][])
    .filter(([name, action]) => action.tier !== 3 && action.enabled && !registered.has(name))
    .map(([name]) =>
      fault(
        ['actions', name, 'enabled'],
        'false, because no mechanism with a reversal is registered for it',
      ),
    );
}

function ladderFaults(
  { actions, escalation }: Pick<Policy, 'actions' | 'escalation'>,
  { fault }: Read<unknown>,
): Fault[] {
  const limits = Object.values(actions).flatMap((a) =>
    a.tier === 2 ? [a.approvalTimeoutMinutes] : [],
  );
  const shortest = Math.min(...limits);
  return escalation.ladder.flatMap(({ atMinutes }, index) =>
    atMinutes < shortest
      ? []
      : [
          fault(
            ['ladder', index, 'atMinutes'],
            `less than ${shortest}, the shortest approval time limit`,
          ),
        ],
  );
}
