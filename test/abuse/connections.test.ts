import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECRET, type Site, startSite, statuses, unharmed, type Wire, wire } from './kit.ts';

let site: Site;
beforeAll(async () => {
  site = await startSite({ TRUST_PROXY: 'none', CONNECTIONS_PER_CLIENT: '40', MAX_CONNECTIONS: '60' });
});
afterAll(() => site.stop());

const HALF = 'GET /api/v1/status.json HTTP/1.1\r\nHost: x\r\nX-A: ';
const POST = `POST /api/v1/entries HTTP/1.1\r\nHost: x\r\napi-secret: ${SECRET['api-secret']}\r\nContent-Type: application/json\r\n`;
const open = (wires: readonly Wire[]): number => wires.filter(({ socket }) => !socket.closed && !socket.destroyed).length;
const soon = () => new Promise((resolve) => setTimeout(resolve, 200));

async function many(count: number, start: string, from?: (n: number) => string): Promise<Wire[]> {
  const wires: Wire[] = [];
  for (let n = 0; n < count; n++) {
    const one = await wire(site.port, from?.(n)).catch(() => undefined);
    if (!one) continue;
    await one.write(start);
    wires.push(one);
  }
  return wires;
}
const end = (wires: readonly Wire[]): void => {
  for (const { socket } of wires) socket.destroy();
};

describe('connections', () => {
  it.each([
    ['headers that never end (slow-loris)', HALF],
    ['silence', ''],
    ['a body that never comes', `${POST}Content-Length: 100000\r\n\r\n[`],
    ['a chunked body that never ends', `${POST}Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n`]
  ])('%s: a thousand of them from one address keep neither it nor others out', async (_what, start) => {
    await unharmed(site, async () => {
      const wires = await many(1000, start);
      await expect.poll(() => open(wires)).toBeLessThanOrEqual(40);
      expect(open(wires)).toBeGreaterThan(0);
      // the same address, and another one
      await site.answers();
      const other = await wire(site.port, '127.0.0.1');
      await other.write('GET /api/v1/status.json HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
      expect(statuses(await other.until())).toEqual([200]);
      end(wires);
    });
  });

  it('a connection that is being answered is not the one that makes room', async () => {
    const busy = await wire(site.port);
    await busy.write(`${POST}Content-Length: 2\r\n\r\n[]`);
    await busy.until((text) => text.includes('\r\n\r\n'));
    const uploading = await wire(site.port);
    await uploading.write(`${POST}Connection: close\r\nContent-Length: 2\r\n\r\n`);
    const flood = await many(200, HALF);
    await soon();
    await uploading.write('[]');
    expect(statuses(await uploading.until())).toEqual([200]);
    end(flood);
  });

  it('what was idle longest makes room first', async () => {
    const first = await many(1, HALF);
    const rest = await many(60, HALF);
    await soon();
    expect(open(first)).toBe(0);
    expect(rest.slice(-1)[0]!.socket.closed).toBe(false);
    end(rest);
  });
});

describe('a trusted proxy', () => {
  it('speaks for many, and may hold as many connections as all together', async () => {
    const behind = await startSite({ CONNECTIONS_PER_CLIENT: '10', MAX_CONNECTIONS: '100' });
    const before = site;
    site = behind;
    const wires = await many(50, HALF);
    await soon();
    expect(open(wires)).toBe(50);
    end(wires);
    await behind.answers();
    await behind.stop();
    site = before;
  });
});
