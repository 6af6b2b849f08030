// esbuild options of every function, for the CDK and for the bench.

/** Bundles the AWS SDK too, so that functions run the tested version and not the one in the Lambda runtime. */
export const ESBUILD = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  mainFields: ['module', 'main'],
  minify: true,
  // The state machines match error class names in `ErrorEquals`.
  keepNames: true,
  sourcemap: true,
  // Data that a function reads at first use: a file beside the bundle.
  loader: { '.data.json': 'copy' },
  assetNames: '[name]',
  sourcesContent: false,
  // CommonJS packages inside an ESM bundle call require().
  banner: {
    js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
  },
} as const;
