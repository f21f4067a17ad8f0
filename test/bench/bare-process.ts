import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pinServer } from './pin.ts';

/** What a bare server sends, by path. */
export type Bodies = Record<string, { type: string; body: string }>;

/** Starts a bare server (`bare.ts`) as a process of its own. */
export async function startBare(
  kind: 'express' | 'http',
  folder: string,
  bodies: Bodies
): Promise<{ url: string; pid: number; stop: () => void }> {
  const file = join(folder, 'bodies.json');
  writeFileSync(file, JSON.stringify(bodies));
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/bare.ts', kind, file], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', () => reject(new Error('the bare server exited')));
  });
  pinServer(child.pid!);
  return { url: `http://127.0.0.1:${port}`, pid: child.pid!, stop: () => void child.kill() };
}
