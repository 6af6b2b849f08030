// P8: npm run audit finds every kind of tampering with every kind of record.
import { generateKeyPairSync, sign } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { compare, type Stored } from '../../cli/compare-copies.ts';
import { readDigests } from '../../cli/compare-digests.ts';
import { type Copy, logCopies } from '../../functions/archive/archive.ts';
import { signDigest } from '../../functions/digest/digest.ts';
import {
  COPIES,
  CopyLog,
  DIGESTS,
  LOG,
  parseDigest,
  sha256,
} from '../../functions/store/copy-log.ts';
import { locate } from '../../functions/store/layout.ts';
import { copiesInMemory, parseCopy } from '../../local/archive-copies.ts';
import { NOW, POLICY } from '../fixtures/case.ts';
import { resume } from '../fixtures/switch.ts';
import { createWorld, sample } from '../flow/world.ts';

/** Every file of an archive, by its key. */
type Files = Map<string, string>;
type State = { files: Files; items: Map<string, Stored> };

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const signWith = (key: typeof privateKey) => async (message: Uint8Array) =>
  sign('sha256', message, key);
const KINDS = [
  ...['incident', 'member', 'alert', 'facts', 'assessment', 'decision', 'policy', 'action'],
  ...['lease', 'breaker', 'halt', 'resumption'],
] as const;

const over = (files: Files) => {
  const copies = copiesInMemory();
  return { ...copies, keys: keysOf(files), text: async (key: string) => files.get(key) ?? '' };
};
const keysOf = (files: Files) => async (prefix: string) =>
  [...files.keys()].filter((key) => key.startsWith(prefix)).sort();
/** Signs the only digest as an earlier version did. */
async function signAgain(files: Files): Promise<void> {
  const [key = ''] = await keysOf(files)(DIGESTS);
  const { existing: _, ...digest } = parseDigest(files.get(key) ?? '')!.digest;
  const line = `${JSON.stringify({ ...digest, from: digest.until })}\n`;
  const signature = await signWith(privateKey)(Buffer.from(line));
  files.set(key, `${line}${signature.toString('base64')}\n`);
}
const folderOf = (key: string) => key.slice(0, key.lastIndexOf('/'));

let honest: State;
beforeAll(async () => {
  const world = await createWorld();
  const { copies, store } = world.runtime;
  await world.deliver(sample('web-port-probe'));
  await world.pass(1);
  const bounds = { ...POLICY.limits.breaker, windowMinutes: 60 };
  const mishap = { mishap: 'declines', actionId: 'act-0123456789abcdef-1' } as const;
  for (const at of [NOW, new Date(NOW.getTime() + 60_000)])
    await store.killSwitch.note(
      POLICY.account,
      { ...mishap, actionId: at.toISOString() },
      bounds,
      at,
    );
  const halt = { mode: 'halt', by: 'person:ana.silva', at: NOW.toISOString() } as const;
  await store.killSwitch.halt(POLICY.account, { ...halt, why: 'attack on us' });
  await resume(store, POLICY.account, NOW);
  const files: Files = new Map();
  for (const key of await copies.keys('')) files.set(key, await copies.text(key));
  const half = [...files.keys()].filter((key) => key.startsWith(LOG)).sort();
  const put = async (key: string, body: string) => void files.set(key, body);
  const deps = { ...over(files), put, sign: signWith(privateKey) };
  const middle = half[Math.floor(half.length / 2)]?.slice(LOG.length, LOG.length + 24) ?? '';
  for (const until of [new Date(middle), new Date('2027-01-01'), new Date('2027-01-02')])
    await signDigest(deps, until);
  const items: State['items'] = new Map();
  for (const key of await keysOf(files)(COPIES)) {
    const { record } = parseCopy(files.get(key) ?? '');
    if (record) items.set(folderOf(key), record as Stored);
    else items.delete(folderOf(key));
  }
  honest = { files, items };
}, 60_000);

const audited = async ({ files, items }: State) => {
  const copies = over(files);
  const listed = await readDigests(copies, publicKey, { every: 'change', now: NOW });
  return (await compare(items.values(), copies, listed)).found;
};
const copyOf = ({ files, items }: State): State => ({
  files: new Map(files),
  items: new Map(items),
});
const ofKind = (kind: string) =>
  [...honest.items].filter(([, item]) => locate(item)?.kind === kind).map(([folder]) => folder);
const copiesOf = ({ files }: State, folder: string) =>
  [...files.keys()].filter((key) => folderOf(key) === folder).sort();
const edit = (text: string) => {
  const copy: Copy = parseCopy(text);
  return JSON.stringify({ ...copy, record: copy.record && altered(copy.record) });
};
/** Adds a field to the content of an item. */
const altered = (item: object): Stored => {
  const { record, ...keys } = item as Stored;
  return (
    record ? { ...keys, record: { ...record, note: 'x' } } : { ...item, note: 'x' }
  ) as Stored;
};
/** The item under the last of a folder's copies. */
const restore = (state: State, folder: string) => {
  const last = copiesOf(state, folder).at(-1);
  const record = last && parseCopy(state.files.get(last) ?? '').record;
  if (record) state.items.set(folder, record as Stored);
  else state.items.delete(folder);
};

/** How an attacker changes the table, and how the copies are made to match. */
const ATTACKS: Record<string, (state: State, folder: string, withCopies: boolean) => void> = {
  edited(state, folder, withCopies) {
    const last = copiesOf(state, folder).at(-1) ?? '';
    if (withCopies) state.files.set(last, edit(state.files.get(last) ?? ''));
    state.items.set(folder, altered(state.items.get(folder) ?? {}));
  },
  deleted(state, folder, withCopies) {
    const last = copiesOf(state, folder).at(-1) ?? '';
    if (withCopies)
      state.files.set(
        last,
        JSON.stringify({ ...parseCopy(state.files.get(last) ?? ''), record: null }),
      );
    state.items.delete(folder);
  },
  'rolled back'(state, folder, withCopies) {
    const [last = '', ...earlier] = copiesOf(state, folder).reverse();
    const kept = state.files.get(last) ?? '';
    state.files.delete(last);
    restore(state, folder);
    if (earlier.length === 0) state.items.delete(folder);
    if (!withCopies) state.files.set(last, kept);
  },
  'removed with its copies'(state, folder, withCopies) {
    state.items.delete(folder);
    const [first, ...later] = copiesOf(state, folder);
    for (const key of withCopies ? [first ?? '', ...later] : later) state.files.delete(key);
  },
  reordered(state, folder, withCopies) {
    const own = copiesOf(state, folder);
    const other = own.length > 1 ? own.at(-2) : anyOther(state, folder);
    const [a = '', b = ''] = [own.at(-1), other];
    const [textA = '', textB = ''] = [state.files.get(a), state.files.get(b)];
    const { record } = parseCopy(textB);
    const { pk, sk } = parseCopy(textA);
    state.items.set(folder, { ...record, pk, sk } as Stored);
    if (withCopies) {
      state.files.set(
        a,
        JSON.stringify({ ...parseCopy(textB), pk, sk, record: { ...record, pk, sk } }),
      );
      state.files.set(b, textA);
    }
  },
};
/** The last copy of another record. */
const anyOther = (state: State, folder: string): string => {
  const others = [...state.items.keys()].filter((one) => one !== folder);
  return copiesOf(state, others[0] ?? '').at(-1) ?? '';
};

test('an honest table, archive and chain of digests have no fault', async () => {
  expect(await audited(honest)).toEqual([]);
});

describe.each(KINDS)('a record of the kind %s', (kind) => {
  test.each(
    Object.keys(ATTACKS).flatMap((attack) =>
      [false, true].map((copies) => [attack, copies] as const),
    ),
  )('is named when it is %s (copies changed as well: %s)', async (attack, withCopies) => {
    const folders = ofKind(kind);
    expect(folders.length).toBeGreaterThan(0);
    for (const folder of folders) {
      const state = copyOf(honest);
      ATTACKS[attack]?.(state, folder, withCopies);
      expect((await audited(state)).map(({ record }) => record)).toContain(folder);
    }
  });
});

describe('the digests', () => {
  const digests = () => [...honest.files.keys()].filter((key) => key.startsWith(DIGESTS)).sort();
  const faultsAfter = async (change: (files: Files) => void) => {
    const state = copyOf(honest);
    change(state.files);
    return (await audited(state)).flatMap(({ faults }) => faults);
  };

  test.each([
    ['first', 0, /^the digest names digests.+ as the one before it, but that is no other digest$/],
    ['second', 1, /^the digest names .+ as the one before it, but that is digests/],
  ])('a missing %s digest is reported', async (_, i, fault) => {
    const key = digests()[i] ?? '';
    expect(await faultsAfter((files) => files.delete(key))).toContainEqual(
      expect.stringMatching(fault),
    );
  });

  test('missing digests at the end are reported while their log is there', async () => {
    const remove = (files: Files) => {
      for (const key of digests().slice(1)) files.delete(key);
    };
    expect(await faultsAfter(remove)).toContainEqual(
      expect.stringMatching(/^no digest covers what happened since 2026-/),
    );
  });

  test('an hour without a digest is reported in an account', async () => {
    const now = new Date('2027-01-02T02:11:00Z');
    const { found } = await readDigests(over(honest.files), publicKey, { every: 'hour', now });
    expect(found.flatMap(({ faults }) => faults)).toEqual([
      'no digest covers what happened since 2027-01-02T00:00:00.000Z',
    ]);
  });

  test('a changed digest is reported, and one that another key signed', async () => {
    const [first = ''] = digests();
    const text = honest.files.get(first) ?? '';
    const invalid = 'the signature of the digest is not valid';
    const changed = text.replace('"previous":null', '"previous": null');
    expect(await faultsAfter((files) => files.set(first, changed))).toContain(invalid);
    const [line = ''] = text.split('\n');
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const signature = sign('sha256', Buffer.from(`${line}\n`), other).toString('base64');
    expect(await faultsAfter((files) => files.set(first, `${line}\n${signature}\n`))).toContain(
      invalid,
    );
  });

  test.each([
    ['a later log file lists', async () => {}],
    ['a later digest lists', signDigest],
  ])('a changed copy is reported although %s its new hash', async (_, signed) => {
    const [folder = ''] = ofKind('facts');
    const [key = ''] = copiesOf(honest, folder);
    const at = new Date('2027-01-02T00:30:00Z');
    const state = copyOf(honest);
    const put = async (name: string, body: string) => void state.files.set(name, body);
    const body = edit(state.files.get(key) ?? '');
    state.files.set(key, body);
    restore(state, folder);
    await logCopies({ put, now: () => at }, [{ key, sha256: sha256(body) }]);
    const deps = { ...over(state.files), put, sign: signWith(privateKey) };
    await signed(deps, new Date('2027-01-02T01:00:00Z'));
    expect(await audited(state)).toContainEqual(expect.objectContaining({ record: folder }));
  });

  /** An archive that an earlier version began: the log has nothing of this folder, and the digests are signed again. */
  async function upgraded(folder: string): Promise<State> {
    const state = copyOf(honest);
    const { files } = state;
    for (const key of await keysOf(files)(DIGESTS)) files.delete(key);
    for (const key of await keysOf(files)(LOG)) {
      const { copies } = CopyLog.parse(JSON.parse(files.get(key) ?? ''));
      const kept = copies.filter((one) => folderOf(one.key) !== folder);
      files.set(key, JSON.stringify({ copies: kept }));
    }
    const put = async (key: string, body: string) => void files.set(key, body);
    await signDigest({ ...over(files), put, sign: signWith(privateKey) }, new Date('2027-01-01'));
    return state;
  }

  /** A record with an earlier date in such an archive, and what an audit finds before and after it is planted. */
  async function planting(digestIs: 'new' | 'of an earlier version') {
    const [folder = ''] = ofKind('facts');
    const state = await upgraded(folder);
    const { files } = state;
    if (digestIs !== 'new') await signAgain(files);
    const old = copiesOf(state, folder);
    const copy = parseCopy(files.get(old[0] ?? '') ?? '');
    const [pk, sk] = ['FACTS#inc-2ffffffffffffffff', 'al-ffffffffffffffff'];
    const record = { ...copy.record, pk, sk } as Stored;
    const key = 'records/FACTS/inc-2ffffffffffffffff/al-ffffffffffffffff/1.json';
    const audit = async () => {
      const listed = await readDigests(over(files), publicKey, { every: 'change', now: NOW });
      const { found } = await compare(state.items.values(), over(files), listed);
      return { found, ...listed.earlier() };
    };
    const before = await audit();
    files.set(key, JSON.stringify({ ...copy, pk, sk, record, at: '2020-01-01T00:00:00.000Z' }));
    state.items.set('planted', record);
    return { before, audit, old, key, folder, files };
  }

  test('names a planted record that claims to be older than the first digest, and a removed copy', async () => {
    const { before, audit, old, key, folder, files } = await planting('new');
    expect(before).toEqual({ named: old.length, unproven: [], found: [] });
    expect((await audit()).found).toContainEqual({
      record: folderOf(key),
      faults: ['its copy is in no digest: 1.json'],
    });
    files.delete(old[0] ?? '');
    const gone = expect.stringMatching(/^its copy is gone, which digests/);
    expect((await audit()).found).toContainEqual({
      record: folder,
      faults: expect.arrayContaining([gone]),
    });
  });

  test('names each copy that no digest proves if the first digest is of an earlier version', async () => {
    const { before, audit, old, key } = await planting('of an earlier version');
    expect(before).toEqual({ named: 0, unproven: old, found: [] });
    expect((await audit()).unproven).toContainEqual(key);
  });

  test('a missing public key is reported, and not taken for a false signature', async () => {
    const { found } = await readDigests(over(honest.files), null, { every: 'change', now: NOW });
    expect(new Set(found.flatMap(({ faults }) => faults))).toEqual(
      new Set(['there is no public key with which to verify the digest']),
    );
  });

  test('a planted copy that no digest lists is reported', async () => {
    const [folder = ''] = ofKind('action');
    const last = copiesOf(honest, folder).at(-1) ?? '';
    const planted = `${folder}/${'9'.padStart(40, '0')}99.json`;
    const faults = await faultsAfter((files) => files.set(planted, edit(files.get(last) ?? '')));
    expect(faults).toContainEqual(expect.stringMatching(/^its copy is in no digest/));
  });
});
