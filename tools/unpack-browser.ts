// Unpacks the browser from npm into TMPDIR, as a separate process.
import chromium from '@sparticuz/chromium';

await chromium.executablePath();
