// Which function may write which kinds of records.
import type { Layout, Writable } from './layout.ts';

/** What a function writes when it sends messages, and when these carry links to answer. */
const PAGES = ['pager'] as const;
const QUESTIONS = [...PAGES, 'post'] as const;

/**
 * The kinds that each function writes. Functions that read untrusted text (`intake`, `enrich`, `analyse`) write
 * evidence and no decision. No function writes the switch of earlier versions or a drill: only people do, with their
 * own credentials.
 */
const WRITES = {
  intake: [
    'finding',
    'correlation',
    'listing',
    'incident',
    'member',
    'alert',
    'entityEvent',
    'breaker',
  ],
  enrich: ['facts', 'modelCalls', 'lookUp'],
  analyse: [],
  gate: [
    'assessment',
    'decision',
    'policy',
    'action',
    'effect',
    'limiter',
    'modelCalls',
    'layout1',
  ],
  approve: ['action', ...QUESTIONS, 'layout1'],
  console: ['note'],
  api: ['read'],
  halt: ['halt'],
  resume: ['resumption'],
  web: ['action', 'check', 'lease', 'entityEvent', 'breaker', 'approver', 'read', 'layout1'],
  execute: ['action', 'check', 'lease', 'limiter', 'entityEvent', 'breaker', 'layout1'],
  reverse: ['action', 'lease', 'entityEvent', 'breaker', 'layout1'],
  notify: ['action', ...QUESTIONS, 'layout1'],
  close: ['member', ...QUESTIONS, 'layout1'],
  remind: ['action', ...QUESTIONS, 'layout1'],
  sweep: ['member', 'action', 'check', 'breaker', ...PAGES, 'layout1'],
  bounce: ['bounce'],
  archive: [],
  digest: [],
  ticket: [],
  summarise: ['summary', 'revision'],
  world: ['world', ...PAGES],
} as const satisfies Record<string, readonly Writable[]>;

/** A function's name, or the part of it before the scope. */
type Step = keyof typeof WRITES;
export const STEPS = Object.keys(WRITES) as Step[];

/** Executors and reversers of a scope write the same, except that one executor pages people. */
const IN_SCOPE = /^(execute|reverse)-(.+)$/;

export type WriteSettings = {
  /** The layout of new incidents. */
  recordLayout: Layout;
  /** True when no record of layout 1 changes any more. */
  layout1Ended: boolean;
};

/** The kinds that a function may write, by its name in the function table. Throws for an unknown name. */
export function writesOf(
  name: string,
  { recordLayout, layout1Ended }: WriteSettings,
): readonly Writable[] {
  const [, step] = IN_SCOPE.exec(name) ?? [];
  const known = STEPS.find((one) => one === (step ?? name));
  if (!known) throw new Error(`no kinds of records are listed for the function "${name}"`);
  const own: readonly Writable[] = WRITES[known];
  const all = name === 'execute-message' ? [...own, ...PAGES] : own;
  const current = name === 'intake' && recordLayout === 1 ? all.map(inLayout1) : all;
  return [...new Set(current)].filter((kind) => kind !== 'layout1' || !layout1Ended);
}

/** Before a return to an earlier version, intake opens incidents in layout 1. */
const inLayout1 = (kind: Writable): Writable =>
  kind === 'incident' || kind === 'member' || kind === 'alert' ? 'layout1' : kind;
