// The npm start command.
import { claimDirectory } from '../../local/data-directory.ts';
import { command, finish, type Json } from '../command.ts';
import { portFrom, requireFreePort } from '../port.ts';

export const start = () =>
  command({
    call: 'npm start --',
    purpose:
      'Runs everything on this machine at one URL until Ctrl-C. Keeps its data in .data, or where COUNTERMAND_DATA points. PORT changes the port.',
    examples: [
      ['', 'serves the demo at http://127.0.0.1:8420'],
      ['--json', 'prints the URL as JSON when it is ready'],
    ],
    exitCodes: [[0, 'stopped by Ctrl-C']],
  }).action((options: Json) =>
    finish('start', options, async (out) => {
      const port = portFrom(process.env);
      const folder = process.env.COUNTERMAND_DATA ?? '.data';
      claimDirectory(folder);
      await requireFreePort(port);
      out.progress('Starting Countermand (about 5 seconds) ...');
      return (await import('../start.ts')).start(port, folder, out);
    }),
  );
