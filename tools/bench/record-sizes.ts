// Lowers the recorded bundle sizes to the measured ones.
import { writeFileSync } from 'node:fs';
import type { Out, Outcome } from '../../cli/output.ts';
import { grown, lowered, measuredSizes, RECORD, recordedSizes } from './bundle-sizes.ts';

export async function recordSizes(out: Out): Promise<Outcome> {
  const measured = await measuredSizes();
  const recorded = recordedSizes();
  writeFileSync(RECORD, `${JSON.stringify(lowered(measured, recorded), null, 2)}\n`);
  const larger = grown(measured, { ...measured, ...recorded });
  for (const line of larger) out.line(`Too large: ${line}`);
  const sizes = Object.entries(measured);
  out.line(`${sizes.length} bundles measured`);
  return {
    exitCode: larger.length > 0 ? 1 : 0,
    results: sizes.map(([name, bytes]) => ({
      function: name,
      bytes,
      recordedBytes: recorded[name] ?? null,
    })),
    counts: { bundles: sizes.length, tooLarge: larger.length },
  };
}
