// Takes out of a folder what Node.js never loads at run time, by kind of file, so that no list of packages has to be kept:
// source maps, TypeScript, documentation, C sources, and native binaries of other platforms. Licences stay.
// Then every production dependency of this project is loaded once: what is missing stops the image's build, not a site.
// node deploy/slim.mjs FOLDER…   The image's build runs it on node_modules and dist, once nothing is compiled any more.
import { readdirSync, readFileSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The C library this Node.js was built for: binaries carry it in their name. */
const LIBC = process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
const HERE = `${process.platform}-${process.arch}`;

const LICENCE = /licen[cs]e|copying|notice|authors/i;
const NEVER_LOADED = /\.(map|[cm]?ts|tsx|tsbuildinfo|md|markdown|flow|c|cc|cpp|h|hpp|gyp|gypi)$/i;
/** The texts of the help are read when somebody asks for them. */
const READ = /(^|[\\/])dist[\\/]help$/;
/** `.nycrc`, `.eslintrc`, `.github/…`: how a package was made. */
const HIDDEN = /^\.(?!bin$|package-lock\.json$)/;
const OTHER_LIBC = LIBC === 'glibc' ? /\bmusl\b.*\.node$/ : /\bglibc\b.*\.node$/;

/** @returns bytes taken out */
function slim(folder) {
  let freed = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isForeign = basename(folder) === 'prebuilds' && entry.name !== HERE;
    if (isForeign || HIDDEN.test(entry.name)) freed += remove(path);
    else if (entry.isDirectory()) freed += slim(path);
    else if (entry.isFile() && isUseless(entry.name) && !(READ.test(folder) && /\.md$/.test(entry.name))) freed += remove(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
  return freed;
}

const isUseless = (name) => (NEVER_LOADED.test(name) && !LICENCE.test(name)) || OTHER_LIBC.test(name);

function remove(path) {
  const size = sizeOf(path);
  rmSync(path, { recursive: true });
  return size;
}

function sizeOf(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  return stat.isDirectory() ? readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0) : stat.size;
}

for (const folder of process.argv.slice(2)) {
  const before = sizeOf(folder);
  const freed = slim(folder);
  console.log(`${folder}: ${mb(before)} MB, ${mb(before - freed)} MB left`);
}

for (const name of Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).dependencies)) await import(name);

function mb(bytes) {
  return (bytes / 1_000_000).toFixed(1);
}
