// The sample alerts of the console: their order, times and IDs.
import { describe, expect, test } from 'vitest';
import { normalise } from '../../functions/sources/normalise.ts';
import { FIRST_SAMPLES, freshEvent, loadSamples } from '../../local/samples.ts';
import { findingsIn } from '../intake/events.ts';

const NOW = new Date('2027-03-05T03:00:00.000Z');
const SAMPLES = loadSamples();

describe('the samples', () => {
  test('samples begin with the recommended ones and have unique IDs', () => {
    const ids = SAMPLES.map(({ id }) => id);
    expect(ids.slice(0, FIRST_SAMPLES.length)).toEqual(FIRST_SAMPLES);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(SAMPLES)('a fresh event of "$title" has the current time', (sample) => {
    const event = freshEvent(sample, () => 'id-12345678', NOW);
    expect(JSON.parse(event).time).toBe(NOW.toISOString());
    expect(event).not.toContain('2026-11-2');
    expect(event, 'milliseconds since 1970').not.toMatch(/:179[56]\d{9}\b/);
  });

  test.each(SAMPLES)('two fresh events of "$title" have different finding IDs', (sample) => {
    const [one, other] = ['id-11111111', 'id-22222222'].map((id) =>
      findingsIn(freshEvent(sample, () => id, NOW)).map((finding) => normalise(finding).findingId),
    );
    expect(one).toHaveLength(1);
    expect(one, 'write the ID in a form that freshEvent knows').not.toEqual(other);
  });

  test('replaces a finding ID that is a UUID', () => {
    const detail = { id: '0d7d1a2e-1111-2222-3333-444455556666' };
    const sample = {
      id: 'a',
      title: 'A',
      story: 'A',
      event: { time: '2026-11-24T03:00:00Z', detail },
    };
    const event = JSON.parse(freshEvent(sample, () => 'id-12345678', NOW));
    expect(event.detail.id).toBe(`${detail.id}-12345678`);
  });
});
