import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { vigil } from '../backup/support.ts';
import { BUILD, freePort } from '../support/process.ts';
import { API_SECRET } from '../support/start-server.ts';
import { livelySite } from '../verify/site.ts';

// whole visits, each of hundreds of requests: a busy machine takes its time
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let site: Awaited<ReturnType<typeof livelySite>>;
beforeAll(async () => {
  site = await livelySite();
});
afterAll(() => site.close());

const written = async (): Promise<number> => {
  const query = 'find[date][$gte]=990000000000&find[date][$lte]=996000000000';
  const answer = await fetch(`${site.url}/api/v1/entries.json?${query}`, { headers: site.secret });
  return ((await answer.json()) as unknown[]).length;
};

describe('vigil verify', () => {
  it('prints a report for people and one for scripts; credentials may come by the environment', async () => {
    const { code, out } = await vigil(['verify', site.url], { VERIFY_TOKEN: site.token });
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}ok {6} v1-entries-count +count bounds the list, newest first$/m);
    expect(out).toMatch(/^ {2}Loop +works$/m);
    expect(out).toMatch(/^(\d+) of \1 checks passed\.$/m);
    expect(out).not.toContain(site.token);
    const { out: json } = await vigil(['verify', site.url, '--json'], {});
    expect(JSON.parse(json)).toMatchObject({ url: site.url, outcomes: expect.any(Array), apps: expect.any(Array) });
  });

  it('a failed check is exit code 1', async () => {
    const { code, out, err } = await vigil(['verify', site.url, '--secret', 'another-secret-here'], {});
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringMatching(/checks? failed/) });
    expect(out).toContain('the site does not know the secret or token');
  });

  it('nobody there is exit code 1, a wrong call 2', async () => {
    const nobody = `http://127.0.0.1:${await freePort()}`;
    expect(await vigil(['verify', nobody], {})).toMatchObject({ code: 1, err: `${nobody} does not answer (ECONNREFUSED).` });
    expect(await vigil(['verify', 'site.example'], {})).toMatchObject({ code: 2 });
    expect(await vigil(['verify', site.url, '--write'], {})).toMatchObject({ code: 2 });
    expect(await vigil(['verify'], {})).toMatchObject({ code: 2 });
  });

  it('Ctrl-C removes what was written', { timeout: 60_000 }, async () => {
    const child = spawn(process.execPath, [...BUILD, 'verify', site.url, '--write'], {
      env: { PATH: process.env.PATH, VERIFY_SECRET: API_SECRET },
      stdio: 'ignore'
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    while ((await written()) === 0 && child.exitCode === null) await pause(10);
    child.kill('SIGINT');
    expect(await ended).toBe(1);
    expect(await written()).toBe(0);
    expect(site.services.access.admin.subjects.list().map(({ name }) => name)).toEqual(['phone']);
  });
});
