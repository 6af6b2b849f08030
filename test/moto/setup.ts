// vitest globalSetup: the Python environment is made once per run, outside of any test's time limit.
import { ensureMotoVenv } from './venv.ts';

export default async function setup(): Promise<void> {
  await ensureMotoVenv();
}
