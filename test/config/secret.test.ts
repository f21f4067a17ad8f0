import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { ensureSecrets } from '../../src/config/secret.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vigil-secret-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const start = (env: Record<string, string> = {}, dataDir = join(folder, 'data')) =>
  ensureSecrets(readConfig({ DATA_DIR: dataDir, ...env }, 'machine'));
const mode = (name: string) => statSync(join(folder, 'data', name)).mode & 0o777;

describe('secrets at the first start', () => {
  it('are made, strong, and fit to be typed on a phone', async () => {
    const { apiSecret, jwtKey, isNew, warnings } = await start();
    expect(isNew).toBe(true);
    expect(warnings).toEqual([]);
    // 28 symbols out of 31, the first out of 8: 137 bits
    expect(apiSecret).toMatch(/^[2-9][abcdefghjkmnpqrstuvwxyz2-9]{3}(-[abcdefghjkmnpqrstuvwxyz2-9]{4}){6}$/);
    expect(jwtKey).toMatch(/^[0-9a-f]{128}$/);
  });

  it('are kept for this user only, and nothing else is left behind', async () => {
    await start();
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['api-secret', 'jwt-secret']);
    expect([mode('api-secret'), mode('jwt-secret')]).toEqual([0o600, 0o600]);
  });

  it('differ between sites', async () => {
    const [a, b] = await Promise.all([start({}, join(folder, 'a')), start({}, join(folder, 'b'))]);
    expect(a.apiSecret).not.toBe(b.apiSecret);
    expect(a.jwtKey).not.toBe(b.jwtKey);
  });
});

describe('secrets at later starts', () => {
  it('are the same, and not shown again', async () => {
    const first = await start();
    expect(await start()).toEqual({ ...first, isNew: false });
  });

  it('are made once when two processes start together', async () => {
    const both = await Promise.all([start(), start(), start()]);
    expect(new Set(both.map(({ apiSecret }) => apiSecret)).size).toBe(1);
    expect(new Set(both.map(({ jwtKey }) => jwtKey)).size).toBe(1);
    expect(both.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  it('are closed to other users again', async () => {
    await start();
    chmodSync(join(folder, 'data', 'api-secret'), 0o644);
    await start();
    expect(mode('api-secret')).toBe(0o600);
  });

  it('are never replaced when the file is damaged', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data', 'api-secret'), 'short\n');
    await expect(start()).rejects.toThrow(
      /api-secret holds no usable secret: delete it to have a new one made, or set API_SECRET\.$/
    );
    expect(readFileSync(join(folder, 'data', 'api-secret'), 'utf8')).toBe('short\n');
  });
});

describe('secrets from the environment', () => {
  it('win, and nothing is written', async () => {
    const env = { API_SECRET: 'this is my long pass phrase', JWT_SECRET: 'k'.repeat(32) };
    expect(await start(env)).toEqual({ apiSecret: env.API_SECRET, jwtKey: env.JWT_SECRET, isNew: false, warnings: [] });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('a data folder that cannot be used', () => {
  const blocked = () => {
    writeFileSync(join(folder, 'file'), '');
    return join(folder, 'file', 'data');
  };

  it('is named in plain words when a secret has to be kept', async () => {
    await expect(start({}, blocked())).rejects.toThrow(
      /api-secret cannot be used \(ENOTDIR\): make DATA_DIR a folder this user may write to, or set API_SECRET\.$/
    );
  });

  it('only logs apps out when API_SECRET is set: an existing site on MongoDB starts unchanged', async () => {
    const { apiSecret, jwtKey, isNew, warnings } = await start({ API_SECRET: 'this is my long pass phrase' }, blocked());
    expect([apiSecret, isNew]).toEqual(['this is my long pass phrase', false]);
    expect(jwtKey).toMatch(/^[0-9a-f]{128}$/);
    expect(warnings).toEqual([expect.stringMatching(/or set JWT_SECRET\. Until then .* apps have to log in again\.$/)]);
    expect(warnings[0]).not.toContain(jwtKey);
  });
});
