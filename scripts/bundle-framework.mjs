import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);
const NAME = '@google-cloud/functions-framework';

/**
 * Writes the installed Functions Framework, unchanged but bundled with its dependencies, so that a start reads one file
 * instead of some two hundred. The entry points have the paths that they have in the package. It cannot load a function
 * from a file whose name ends in `.js`: the framework imports the package that looks at those by name.
 *
 * @param {string} modules the `node_modules` folder to write to
 */
export async function bundleFramework(modules) {
  const index = require.resolve(NAME);
  const source = dirname(index);
  const target = join(modules, NAME);
  const entries = join(target, 'build/src');
  await mkdir(entries, { recursive: true });
  // Both entry points in one file, since they share the registry of functions.
  const contents = "exports.index = require('./index.js'); exports.main = () => require('./main.js');";
  await build({
    stdin: { contents, resolveDir: source },
    outfile: resolve(entries, 'framework.js'),
    // The names of its modules in the bundle are relative to it.
    absWorkingDir: fileURLToPath(new URL('../', import.meta.url)),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    // Tables of media types and encodings stay files: most are never needed, and Node reads JSON faster than code.
    loader: { '.json': 'copy' },
  });
  // Spelled out, so that Node finds the names when an ES module imports them.
  const names = Object.keys(require(index)).map((name) => `exports.${name} = index.${name};\n`);
  await Promise.all([
    writeFile(join(entries, 'index.js'), `const { index } = require('./framework.js');\n${names.join('')}`),
    writeFile(join(entries, 'main.js'), "#!/usr/bin/env node\nrequire('./framework.js').main();\n", { mode: 0o755 }),
    writeFile(join(target, 'package.json'), await readFile(join(source, '../../package.json'))),
  ]);
}
