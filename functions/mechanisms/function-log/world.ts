// Reads the log levels that actions hold at DEBUG, for the world check.
import type { Lambda } from '@aws-sdk/client-lambda';
import { NotFound } from '../../domain/errors.ts';
import { aws } from '../../platform/aws-errors.ts';
import { createHeldReader } from '../held-changes.ts';
import { every, type Permissions } from '../permissions.ts';
import { type Entry, isOfFunction, type WorldReader, type Written } from '../world.ts';
import { isDetailed, logAtDebugInfo } from './debug-level.ts';

export type FunctionListApi = Pick<Lambda, 'listFunctions'>;

export const worldPermissions: Permissions = () => [
  {
    sid: 'ListFunctions',
    actions: ['lambda:ListFunctions'],
    resources: [every('*', 'lambda:ListFunctions supports no resource ARNs')],
  },
];

/**
 * CloudFormation writes the logging of the template when any setting of the function changes. CloudTrail adds the API's
 * version to the names of Lambda's events.
 */
export const written: Written = {
  eventNames: ['UpdateFunctionConfiguration20150331v2', 'UpdateFunctionConfiguration'],
  regionOf: () => null,
  isWriteOf: isOfFunction,
};

export function createWorld({ lambda }: { lambda: FunctionListApi }): WorldReader {
  return createHeldReader({
    scope: 'function-log',
    mechanism: logAtDebugInfo.id,
    written,
    entryOf: ({ target }) => detailed(target.value),
    async undone(held) {
      const names = new Set(held.map(({ target }) => target.value));
      const others: string[] = [];
      let Marker: string | undefined;
      do {
        const page = await aws('listing the functions', {}, () =>
          lambda.listFunctions(Marker ? { Marker } : {}),
        );
        for (const { FunctionName = '', LoggingConfig } of page.Functions ?? []) {
          if (!names.has(FunctionName)) continue;
          if (!LoggingConfig)
            throw new NotFound('Lambda listed no logging configuration', {
              function: FunctionName,
            });
          if (!isDetailed(LoggingConfig)) others.push(detailed(FunctionName).id);
        }
        Marker = page.NextMarker;
      } while (Marker);
      return others;
    },
  });
}

const detailed = (name: string): Entry => ({
  id: `function-log:${name}`,
  list: name,
  text: `the log level DEBUG of the function ${name}`,
});
