import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'vitest';
import { SECRET_SHA1, type TestServer } from '../support/start-server.ts';

export const MINUTE = 60_000;

/** Not in the page a browser puts where it blocked one. */
export const SIGN_IN = `if (location.protocol === 'http:') localStorage.setItem('apisecrethash', '${SECRET_SHA1}')`;

/** Uploads as an app does, through v1. */
export async function upload({ url, secret }: TestServer, name: string, body: unknown): Promise<void> {
  const headers = { ...secret, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/v1/${name}.json`, { method: 'POST', headers, body: JSON.stringify(body) });
  expect([name, answer.status]).toEqual([name, 200]);
}

export const uploadSgv = (server: TestServer, sgv: number, minutesAgo = 0, direction = 'Flat'): Promise<void> =>
  upload(server, 'entries', [{ type: 'sgv', sgv, direction, date: Date.now() - minutesAgo * MINUTE }]);

/** A way to a server that can be cut and mended. */
export interface Cable {
  readonly url: string;
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function layCable(to: string): Promise<Cable> {
  const { port, hostname } = new URL(to);
  const ends = new Set<Socket>();
  let isCut = false;
  const server: Server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near]
    ] as const) {
      ends.add(one);
      one.pipe(other);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        ends.delete(one);
        other.destroy();
      });
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const drop = (): void => {
    for (const end of ends) end.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      drop();
    },
    mend() {
      isCut = false;
    },
    async close() {
      drop();
      await new Promise((resolve) => server.close(resolve));
    }
  };
}
