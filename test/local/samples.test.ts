// The alerts that the console offers: the first to try come first, and each looks as if it was sent just now.
import { describe, expect, test } from 'vitest';
import { FIRST_SAMPLES, freshEvent, loadSamples } from '../../local/samples.ts';

const NOW = new Date('2027-03-05T03:00:00.000Z');
const SAMPLES = loadSamples();

describe('the samples', () => {
  test('begin with the one that shows the whole way, and are all there once', () => {
    const ids = SAMPLES.map(({ id }) => id);
    expect(ids.slice(0, FIRST_SAMPLES.length)).toEqual(FIRST_SAMPLES);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test.each(SAMPLES)('dropped in, "$title" is of now', (sample) => {
    const event = freshEvent(sample, () => 'id-12345678', NOW);
    expect(JSON.parse(event).time).toBe(NOW.toISOString());
    expect(event).not.toContain('2026-11-2');
  });

  test('dropped in twice are two findings, and not a repeat', () => {
    const [sample] = SAMPLES;
    if (!sample) throw new Error('there are no samples');
    const [one, other] = ['id-11111111', 'id-22222222'].map((id) =>
      JSON.parse(freshEvent(sample, () => id, NOW)),
    );
    expect(one.detail.id).not.toBe(other.detail.id);
  });
});
