import { readFile, rm } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** Stay as they are in node_modules: a native library, and files that are sent to browsers. */
const LEFT_OUT = ['@photostructure/sqlite', 'swagger-ui-dist'];

/** What every packed file begins with: packed CommonJS code asks for `require`. */
const PREAMBLE = `import { createRequire as packedRequire } from 'node:module';
import { dirname as packedDirname } from 'node:path';
import { fileURLToPath as packedPath } from 'node:url';
const require = packedRequire(import.meta.url);
const packedFolder = packedDirname(packedPath(import.meta.url));
const packedNames = (loaded) => ({ ...loaded.default, ...loaded });`;

/** A package that is loaded late, `typeof import('…')` apart. Those of Node are as they should be. */
const LATE = /(?<!typeof )\bimport\('((?!node:)[^.'][^']*)'\)/g;

/**
 * Packs the program and the libraries it needs into a few files: Node looks for, reads and links over 800 of them otherwise, which
 * takes two thirds of a start.
 * @param root folder of the project, with `src` and `node_modules`
 * @param dist the build of it, in the same folder: `packed/main.js` and its parts go there, and find what lies beside them there
 */
export async function pack(root: string, dist: string): Promise<void> {
  const folder = join(dist, 'packed');
  await rm(folder, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, 'src/main.ts')],
    outdir: folder,
    bundle: true,
    // what is loaded later stays in parts of its own
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // the text of all code stays in memory; names of functions stay for the log, the map knows the lines
    minifyWhitespace: true,
    minifySyntax: true,
    sourcemap: true,
    external: LEFT_OUT,
    banner: { js: PREAMBLE },
    plugins: [whereFilesAre(join(root, 'src') + sep, dist, folder)],
    logLevel: 'warning'
  });
}

/** Code that asks where its own file lies is told where it would lie unpacked, to find what lies beside it. */
function whereFilesAre(src: string, dist: string, folder: string): Plugin {
  return {
    name: 'where files are',
    setup({ onLoad }) {
      onLoad({ filter: /\.([cm]?js|ts)$/ }, async ({ path }) => {
        const code = await readFile(path, 'utf8');
        const place = path.startsWith(src) ? join(dist, relative(src, path)).replace(/\.ts$/, '.js') : path;
        const from = (target: string): string => JSON.stringify(relative(folder, target).split(sep).join('/'));
        if (path.endsWith('.ts'))
          return {
            contents: code
              .replaceAll(/\bimport\.meta\.url\b/g, `new URL(${from(place)}, import.meta.url).href`)
              // where Node finds the names a CommonJS package exports, esbuild gives its default only
              .replaceAll(LATE, "import('$1').then(packedNames)"),
            loader: 'ts'
          };
        if (/\bimport\.meta\.url\b/.test(code))
          return {
            contents: code.replaceAll(/\bimport\.meta\.url\b/g, `new URL(${from(place)}, import.meta.url).href`),
            loader: 'js'
          };
        if (/\b__(?:dirname|filename)\b/.test(code)) {
          const names = `var __dirname = require('node:path').join(packedFolder, ${from(dirname(place))}), __filename = require('node:path').join(packedFolder, ${from(place)});`;
          return { contents: names + code, loader: 'js' };
        }
        return undefined;
      });
    }
  };
}
