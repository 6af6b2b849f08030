// npm run bench: prints figures. Nothing here passes or fails.
import { coldStarts } from './cold-starts.ts';
import { links } from './links.ts';
import { throughput } from './throughput.ts';
import { transitions } from './transitions.ts';

console.log(`Node ${process.version}, ${process.platform} ${process.arch}\n`);
await transitions();
await throughput();
await links();
await coldStarts();
