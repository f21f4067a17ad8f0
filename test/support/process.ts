import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

export const PROCESS_SECRET = 'a-secret-for-processes-1';

/** How to start it, as users do; `npm test` builds first. */
export const BUILD = ['dist/main.js'];

export async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

export interface Running {
  readonly url: string;
  readonly startMs: number;
  readonly child: ChildProcess;
  /** Resident memory, MB. */
  rss(): number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/**
 * Starts a server as a process of its own and waits for its first answer.
 * @param onSpawn told of the process before it has done anything
 * @returns with the ms from spawn to that answer
 */
export async function startProcess(
  entry: readonly string[],
  dataDir: string,
  env: Record<string, string> = {},
  onSpawn?: (child: ChildProcess) => void
): Promise<Running> {
  const port = env.PORT ?? (await freePort());
  const began = performance.now();
  const child = spawn(process.execPath, [...entry], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      HOSTNAME: '127.0.0.1',
      API_SECRET: PROCESS_SECRET,
      DATA_DIR: dataDir,
      INSECURE_USE_HTTP: 'true',
      AUTH_DEFAULT_ROLES: 'readable',
      LOG_LEVEL: 'error',
      NODE_ENV: 'production',
      ...env
    },
    stdio: ['ignore', 'inherit', 'inherit']
  });
  onSpawn?.(child);
  const url = `http://127.0.0.1:${port}`;
  while (!(await answers(url))) {
    if (ended(child)) throw new Error('the server exited');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { url, startMs: performance.now() - began, child, rss: () => rssOf(child.pid!), stop: (signal) => stop(child, signal) };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/api/v1/status.json`).then(
    (r) => r.arrayBuffer().then(() => r.status < 500),
    () => false
  );

const ended = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

function stop(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  return new Promise((resolve) => {
    if (ended(child)) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
}

function rssOf(pid: number): number {
  const kb = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kb) / 1024);
}
