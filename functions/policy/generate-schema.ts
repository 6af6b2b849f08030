// npm run policies:schema: writes policies/schema/ anew, after a change to functions/policy/policy.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './json-schema.ts';
import { POLICIES } from './load.ts';

const directory = join(POLICIES, 'schema');
mkdirSync(directory, { recursive: true });
for (const [file, content] of jsonSchemas()) writeFileSync(join(directory, file), content);
