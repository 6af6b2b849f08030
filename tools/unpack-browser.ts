// Unpacks the browser from npm into TMPDIR, in a process with its own variables.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
