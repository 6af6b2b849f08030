// What halts an account: halts of people, the setting of earlier versions, and what can't be proven.
import * as z from 'zod/mini';
import { SwitchMode } from '../domain/kill-switch.ts';
import { digestOf } from './hash-chain.ts';
import { seriesPartition } from './layout.ts';
import type { Item, Key } from './table.ts';

/** Modes that a person may set without a signature: they only tighten. */
export const HaltMode = z.enum(['ask', 'halt']);
export type HaltMode = z.infer<typeof HaltMode>;

const said = { by: z.string(), at: z.iso.datetime(), why: z.string() };
const Said = z.object(said);
export type Said = z.infer<typeof Said>;

/** Something that keeps actions from running until a resumption names it. */
export type SwitchEntry = Readonly<
  Said & {
    /** How a resumption names it; null for an entry that no resumption ends. */
    id: string | null;
    mode: HaltMode;
  }
>;

/** The mode is part of the key: whoever overwrites an entry can't loosen it. */
export const haltKey = (account: string, mode: HaltMode, slot: string, by: string): Key => ({
  pk: seriesPartition('halt', account),
  sk: `${mode}#${slot}#${by}`,
});

/** An entry of the stack itself, for something that is wrong. */
export const fault = (why: string, id: string | null = null): SwitchEntry => ({
  ...{ id, mode: 'halt', by: 'countermand', at: '', why },
});

/** A key in the partition of halts counts even if its content can't be read. */
export function haltEntry(item: Item): SwitchEntry {
  const id = `HALT ${item.sk}`;
  const content = Said.safeParse(item);
  if (!content.success) return fault("a stored halt can't be read", id);
  const { by, at, why } = content.data;
  return { id, mode: item.sk.startsWith('ask#') ? 'ask' : 'halt', by, at, why };
}

const Setting = z.object({ mode: SwitchMode, ...said });

/**
 * The kill switch of earlier versions, which people set without a signature. Only a resumption loosens, so a `run` there
 * counts as `halt`. A resumption names the content: another one is another entry.
 */
export function settingEntry({ pk: _pk, sk: _sk, ...content }: Item): SwitchEntry {
  const id = `SWITCH ${digestOf(content)}`;
  const parsed = Setting.safeParse(content);
  if (!parsed.success) return fault("the stored kill switch can't be read", id);
  const { mode, by, at, why } = parsed.data;
  return mode === 'run'
    ? fault('the kill switch was set to run without a signature', id)
    : { id, mode, by, at, why };
}

export const tripEntry = ({ at, why }: { at: string; why: string }): SwitchEntry => ({
  ...{ id: tripId(at), mode: 'ask', by: 'breaker', at, why },
});
export const tripId = (at: string): string => `BREAKER ${at}`;
