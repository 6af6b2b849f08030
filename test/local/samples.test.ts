// The sample alerts of the console: their order, times and IDs.
import { describe, expect, test } from 'vitest';
import { FIRST_SAMPLES, freshEvent, loadSamples } from '../../local/samples.ts';

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
  });

  test('two fresh events of one sample have different finding IDs', () => {
    const [sample] = SAMPLES;
    if (!sample) throw new Error('there are no samples');
    const [one, other] = ['id-11111111', 'id-22222222'].map((id) =>
      JSON.parse(freshEvent(sample, () => id, NOW)),
    );
    expect(one.detail.id).not.toBe(other.detail.id);
  });
});
