import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Starts the bare Express app (`bare.ts`) as a process of its own. @param bodies path → what to send */
export async function startBare(
  folder: string,
  bodies: Record<string, { type: string; body: string }>
): Promise<{ url: string; stop: () => void }> {
  const file = join(folder, 'bodies.json');
  writeFileSync(file, JSON.stringify(bodies));
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/bench/bare.ts', file], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', () => reject(new Error('the bare app exited')));
  });
  return { url: `http://127.0.0.1:${port}`, stop: () => void child.kill() };
}
