// npm run bench:sizes: lowers the recorded bundle sizes to what is measured.
import { writeFileSync } from 'node:fs';
import { grown, lowered, measuredSizes, RECORD, recordedSizes } from './bundle-sizes.ts';

const measured = await measuredSizes();
const recorded = recordedSizes();
writeFileSync(RECORD, `${JSON.stringify(lowered(measured, recorded), null, 2)}\n`);
for (const line of grown(measured, { ...measured, ...recorded })) console.log(`grown: ${line}`);
console.log(`${Object.keys(measured).length} bundles measured`);
