// Measures and prints every figure. Nothing here passes or fails.
import type { Out, Outcome } from '../../cli/output.ts';
import { coldStarts } from './cold-starts.ts';
import type { Figure } from './figure.ts';
import { flood } from './flood.ts';
import { laptop } from './laptop.ts';
import { links } from './links.ts';
import { load } from './load.ts';
import { throughput } from './throughput.ts';
import { transitions } from './transitions.ts';

const BENCHMARKS: readonly (readonly [name: string, run: (out: Out) => Promise<Figure[]>])[] = [
  ['state transitions', transitions],
  ['npm start under load', laptop],
  ['throughput', throughput],
  ['related alerts at once', load],
  ['response times of links', links],
  ['approval during a flood', flood],
  ['bundle sizes and imports', coldStarts],
];

export async function bench(out: Out): Promise<Outcome> {
  out.line(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
  const results: Figure[] = [];
  for (const [name, run] of BENCHMARKS) {
    out.progress(`Measuring ${name} ...`);
    results.push(...(await run(out)));
  }
  return { exitCode: 0, results, counts: { figures: results.length } };
}
