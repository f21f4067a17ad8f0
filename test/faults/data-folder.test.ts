import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { vigil } from '../backup/support.ts';
import { BUILD, PROCESS_SECRET, startProcess } from '../support/process.ts';
import { startServer } from '../support/start-server.ts';
import { smallDisk } from './tmpfs.ts';

const ENV = { MONGODB_URI: '' };
const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'vigil-lock-'));
  folders.push(made);
  return made;
};
afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});
const IN_USE = /Another server is using .*vigil\.db\..*DATA_DIR of its own/;

describe('two servers on one data folder', () => {
  it('the second one is refused, in the same process and in another one', { timeout: 180_000 }, async () => {
    const dataDir = folder();
    const first = await startServer(ENV, { dataDir });
    await expect(startServer(ENV, { dataDir })).rejects.toThrow(IN_USE);
    await expect(startProcess(BUILD, dataDir, { LOG_LEVEL: 'silent' })).rejects.toThrow('the server exited');
    await first.close();
    const second = await startServer(ENV, { dataDir });
    await second.close();
  });

  it('a server that was killed leaves nothing that keeps the next one out', { timeout: 180_000 }, async () => {
    const dataDir = folder();
    const killed = await startProcess(BUILD, dataDir);
    await expect(startServer(ENV, { dataDir })).rejects.toThrow(IN_USE);
    await killed.stop('SIGKILL');
    expect(existsSync(join(dataDir, 'vigil.db.lock'))).toBe(true);
    const next = await startServer(ENV, { dataDir });
    await next.close();
  });

  it('nothing is restored under a running server', { timeout: 180_000 }, async () => {
    const dataDir = folder();
    const server = await startServer(ENV, { dataDir });
    const file = join(dataDir, 'copy.db');
    expect((await vigil(['backup', file], { DATA_DIR: dataDir })).code).toBe(0);
    const refused = await vigil(['restore', file], { DATA_DIR: dataDir });
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/A server is using .*nothing was changed/) });
    expect((await fetch(`${server.url}/api/v1/status.json`)).status).toBe(200);
    await server.close();
  });
});

describe('a disk that is read-only', () => {
  it('stops the start with a sentence that names the folder', { timeout: 180_000 }, async ({ skip }) => {
    const disk = smallDisk(8);
    if (!disk) return skip('needs the right to mount');
    try {
      const dataDir = join(disk.folder, 'data');
      await (await startProcess(BUILD, dataDir)).stop();
      disk.remount('ro');
      const env = { PATH: process.env.PATH, DATA_DIR: dataDir, API_SECRET: PROCESS_SECRET, PORT: '0', LOG_LEVEL: 'silent' };
      const { status, stderr } = spawnSync(process.execPath, BUILD, { env, encoding: 'utf8', timeout: 120_000 });
      expect(status).toBe(1);
      expect(stderr).toMatch(/\S+vigil\.db or its folder cannot be written \(.*\)\. Make DATA_DIR/);
    } finally {
      disk.remove();
    }
  });
});
