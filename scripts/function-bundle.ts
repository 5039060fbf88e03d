// How a Lambda function is bundled: the options that the build, the bench and the size test share.
import type { BuildOptions, Plugin } from 'esbuild';

/**
 * Takes Node's own modules with getBuiltinModule instead of `import`. An import of one reads all its exports, and some
 * of them load more of Node when they are read: node:http brings fetch and WebSocket (50 ms of CPU), node:fs its
 * promises, node:buffer Blob. Measured in docs/decisions/0031-cold-start.md.
 */
const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(build) {
    build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
      loader: 'js',
    }));
  },
};

/**
 * Options for esbuild.
 * @param entry the function's file in functions/
 * @param outfile where its bundle goes, such as `dist/functions/ingest-otlp/index.mjs`
 */
export function functionBundle(entry: string, outfile: string): BuildOptions {
  return {
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    sourcemap: true,
    sourcesContent: false,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    plugins: [builtinModules],
    logLevel: 'warning',
  };
}
