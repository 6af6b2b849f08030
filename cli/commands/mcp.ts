// The MCP server's command.
import { command, finish, versionOf } from '../command.ts';

export const mcp = () =>
  command({
    call: 'npm run mcp --',
    purpose:
      'Lets a model read incidents: an MCP server on stdin and stdout over the API. COUNTERMAND_URL is the WebUrl of an account, COUNTERMAND_TOKEN a token of its page /sign-in/api; without them, npm start on this machine. Use npm run -s: npm would print its own lines to stdout.',
    examples: [['', 'serves until stdin ends']],
    exitCodes: [[0, 'stdin ended']],
  }).action(() =>
    // stdout belongs to the protocol.
    finish('mcp', {}, async () => {
      const { apiFrom } = await import('../mcp/client.ts');
      const api = apiFrom(process.env);
      const { answererOver } = await import('../mcp/protocol.ts');
      const { serveLines } = await import('../mcp/serve.ts');
      return serveLines(answererOver(api, versionOf()));
    }),
  );
