// npm run policies:schema: writes policies/schema/ anew, after a change to functions/domain/policy.ts.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jsonSchemas } from './schema.ts';

const directory = join(import.meta.dirname, 'schema');
mkdirSync(directory, { recursive: true });
for (const [file, content] of jsonSchemas()) writeFileSync(join(directory, file), content);
