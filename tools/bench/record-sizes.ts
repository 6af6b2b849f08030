// Updates the recorded bundle sizes to the measured ones.
import { writeFileSync } from 'node:fs';
import type { Out, Outcome } from '../../cli/output.ts';
import { Refused } from '../../cli/refused.ts';
import { entries } from './bundle.ts';
import { grown, measuredSizes, RECORD, recordedSizes, updated } from './bundle-sizes.ts';

/** Lowers records and adds new ones; raises those of the named functions. Throws Refused for an unknown function. */
export async function recordSizes(raised: readonly string[], out: Out): Promise<Outcome> {
  const known = [...entries()].map(([name]) => name);
  const unknown = raised.find((name) => !known.includes(name));
  if (unknown)
    throw new Refused(`unknown function "${unknown}"; known functions: ${known.join(', ')}`);
  out.progress('Building the bundle of every function (about 20 seconds) ...');
  const measured = await measuredSizes();
  const recorded = recordedSizes();
  const record = updated(measured, recorded, raised);
  writeFileSync(RECORD, `${JSON.stringify(record, null, 2)}\n`);
  const larger = grown(measured, record);
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
