// Unpacks the browser from npm into TMPDIR, in a process of its own.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
