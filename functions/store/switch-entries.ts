// Entries that restrict an account until a signed resumption ends them.
import * as z from 'zod/mini';
import { SwitchMode } from '../domain/kill-switch.ts';
import { digestOf } from './hash-chain.ts';
import { seriesPartition } from './layout.ts';
import type { Item, Key } from './table.ts';

/** Modes that a person may set without a signature, because they only make it stricter. */
export const HaltMode = z.enum(['ask', 'halt']);
export type HaltMode = z.infer<typeof HaltMode>;

const said = { by: z.string(), at: z.iso.datetime(), why: z.string() };
const Said = z.object(said);
export type Said = z.infer<typeof Said>;

/** Restricts actions until a resumption names it. */
export type SwitchEntry = Readonly<
  Said & {
    /** The ID in a resumption; null for an entry that no resumption can end. */
    id: string | null;
    mode: HaltMode;
  }
>;

/** The mode is part of the key, so that overwriting an entry can't loosen it. */
export const haltKey = (account: string, mode: HaltMode, slot: string, by: string): Key => ({
  pk: seriesPartition('halt', account),
  sk: `${mode}#${slot}#${by}`,
});

/** A halt by the stack itself, because a record can't be read or verified. */
export const fault = (why: string, id: string | null = null): SwitchEntry => ({
  ...{ id, mode: 'halt', by: 'countermand', at: '', why },
});

/** An item whose content can't be read counts as `halt`. */
export function haltEntry(item: Item): SwitchEntry {
  const id = `HALT ${item.sk}`;
  const content = Said.safeParse(item);
  if (!content.success) return fault("a stored halt can't be read", id);
  const { by, at, why } = content.data;
  return { id, mode: item.sk.startsWith('ask#') ? 'ask' : 'halt', by, at, why };
}

const Setting = z.object({ mode: SwitchMode, ...said });

/**
 * The setting of earlier versions, which people wrote without a signature. Only a signed resumption loosens, so `run`
 * counts as `halt`. The ID contains a digest of the content, so that a resumption doesn't end a later setting.
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
