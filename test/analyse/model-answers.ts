// Responses of the model's API, for a loopback server.
import { type Answer, raw } from '../fixtures/loopback.ts';

/** The response of Anthropic's API around the model's text. */
export const message = (text: string, change: object = {}): Answer =>
  raw(
    200,
    JSON.stringify({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'claude-test',
      content: [{ type: 'text', text }],
      stop_reason: 'end_turn',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 1 },
      ...change,
    }),
  );

export const failure = (status: number, headers: Record<string, string> = {}): Answer =>
  raw(
    status,
    JSON.stringify({ type: 'error', error: { type: 'some_error', message: `status ${status}` } }),
    headers,
  );
