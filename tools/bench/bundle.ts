// Builds a Lambda bundle as the CDK does, and measures its parts.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ESBUILD } from '../../infra/bundling.ts';

export const ROOT = join(import.meta.dirname, '..', '..');

/** The SDKs of AWS and of the model providers, whose size the project doesn't control. */
const SDKS = /^@(aws-sdk|smithy|anthropic-ai)\//;

/** Bytes of one minified bundle. */
export type Bundle = {
  total: number;
  /** The part of @aws-sdk, @smithy and the SDKs of the model providers. */
  sdks: number;
  /** Everything else, which the limit applies to. */
  rest: number;
  /** The rest by npm package. `own` is the project's code; `glue` is code that esbuild adds. */
  parts: ReadonlyMap<string, number>;
  /** Bytes by input file. */
  files: ReadonlyMap<string, number>;
};

/** Every Lambda entry with its function's name. */
export function entries(): readonly (readonly [name: string, path: string])[] {
  const functions = join(ROOT, 'functions');
  const scopes = (['execute', 'reverse'] as const).flatMap((step) =>
    readdirSync(join(functions, step, 'entries')).map(
      (file) => [`${step}-${file.replace('.ts', '')}`, `${step}/entries/${file}`] as const,
    ),
  );
  const steps = readdirSync(functions)
    .filter((name) => name !== 'execute' && name !== 'reverse')
    .map((name) => [name, `${name}/handler.ts`] as const);
  const sites = ['api', 'console'].map((name) => [name, `web/${name}/handler.ts`] as const);
  return [...steps, ...sites, ...scopes]
    .map(([name, path]) => [name, join(functions, path)] as const)
    .filter(([, path]) => existsSync(path));
}

export async function bundle(entry: string, outfile: string): Promise<Bundle> {
  const { metafile } = await build({
    ...ESBUILD,
    mainFields: [...ESBUILD.mainFields],
    entryPoints: [entry],
    outfile,
    absWorkingDir: ROOT,
    metafile: true,
    logLevel: 'warning',
  });
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint);
  if (!output) throw new Error(`esbuild wrote nothing for ${entry}`);
  const files = new Map(
    Object.entries(output.inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput]),
  );
  const parts = new Map<string, number>();
  let sdks = 0;
  let glue = output.bytes;
  for (const [path, bytes] of files) {
    glue -= bytes;
    const name = packageOf(path);
    if (SDKS.test(name)) sdks += bytes;
    else parts.set(name, (parts.get(name) ?? 0) + bytes);
  }
  parts.set('glue', glue);
  return { total: output.bytes, sdks, rest: output.bytes - sdks, parts, files };
}

/** The innermost package, so that a nested copy counts as the package itself. */
const packageOf = (path: string): string =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'own';
