import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

// issue 7: what is installed and what of it is shipped

const ROOT = new URL('../../', import.meta.url).pathname;
const read = (name: string): string => readFileSync(join(ROOT, name), 'utf8');

describe('package.json and its lockfile', () => {
  interface Locked {
    readonly optionalDependencies?: Record<string, string>;
    readonly dependencies?: Record<string, string>;
    readonly peerDependencies?: Record<string, string>;
    readonly peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  }
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, Locked> };

  /** As Node.js would look: inside the package, then beside it, then further up. */
  function isLocked(place: string, name: string): boolean {
    for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
      if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`]) return true;
      if (folder === '') return false;
    }
  }

  it('the lockfile names everything that packages name, for every platform (npm ci refuses it otherwise)', () => {
    const missing = Object.entries(packages).flatMap(([place, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(place, name))
        .map((name) => `${place || 'package.json'} → ${name}`)
    );
    expect(missing).toEqual([]);
    const binaries = Object.keys(packages).filter((place) => /(linux|darwin|win32)-(x64|arm64)/.test(place));
    expect(binaries.length).toBeGreaterThan(20);
  });

  it('`vigil` is a program once it is built', () => {
    const { bin } = JSON.parse(read('package.json')) as { bin: { vigil: string } };
    expect(bin.vigil).toBe('dist/main.js');
    expect(read('src/main.ts')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });
});

describe('deploy/slim.mjs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vigil-slim-'));
  const here = `${process.platform}-${process.arch}`;
  const libc = (process.report!.getReport() as { header: { glibcVersionRuntime?: string } }).header.glibcVersionRuntime
    ? 'glibc'
    : 'musl';
  const put = (name: string) => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), 'x');
  };
  const kept = [
    'a/index.js',
    'a/index.cjs',
    'a/data.json',
    'a/LICENSE.md',
    'a/style.css',
    `a/prebuilds/${here}/own.${libc}.node`,
    'a/build/Release/addon.node',
    '.bin/a'
  ];
  beforeAll(() => {
    for (const name of kept) put(name);
    for (const name of ['a/index.js.map', 'a/index.d.ts', 'a/README.md', 'a/src/only.ts', 'a/.github/x.yml', 'a/deps/x.c'])
      put(name);
    put('a/prebuilds/other-cpu/own.glibc.node');
    put(`a/prebuilds/${here}/own.${libc === 'glibc' ? 'musl' : 'glibc'}.node`);
    // loads every dependency, too
    execFileSync(process.execPath, [join(ROOT, 'deploy/slim.mjs'), folder], { cwd: ROOT });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('takes what Node.js never loads, and leaves licences and this platform’s binaries', () => {
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => statSync(join(folder, name)).isFile()).sort()).toEqual(kept.sort());
    // a folder in which nothing is left goes, too
    expect(left).not.toContain('a/src');
  });
});
