// Serves the Model Context Protocol on stdin and stdout until stdin ends.
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import type { Outcome } from '../output.ts';
import type { Answerer } from './protocol.ts';

/** Answers in the order of the requests. */
export async function serveLines(
  answer: Answerer,
  input: Readable = process.stdin,
  output: Writable = process.stdout,
): Promise<Outcome> {
  for await (const line of createInterface({ input })) {
    if (line.trim() === '') continue;
    const reply = await answer(line);
    if (reply !== null) output.write(`${reply}\n`);
  }
  return { exitCode: 0, results: [], counts: {} };
}
