// esbuild options of every function, for the CDK and for the bench.

/** Options of esbuild. The SDK is in the bundle: what runs is what was tested, not that day's runtime. */
export const ESBUILD = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // The state machines match the names of error classes.
  keepNames: true,
  sourcemap: true,
  sourcesContent: false,
  // CommonJS packages inside an ESM bundle call require().
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
} as const;
