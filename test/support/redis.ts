import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from './process.ts';

/** True when there is a redis-server to run. A suite that cannot run says so loudly, and fails where CI demands it. */
export const haveRedis = spawnSync('redis-server', ['--version']).status === 0;

if (!haveRedis) {
  const line = '!'.repeat(100);
  process.on('exit', () => {
    if (process.env.CI) process.exitCode = 1;
    const verdict = process.env.CI ? 'CI demands them: this run FAILED.' : 'Install redis-server to run them.';
    writeSync(2, `\n${line}\n!! THE SUITES OF SEVERAL PROCESSES DID NOT RUN: no redis-server in PATH.\n!! ${verdict}\n${line}\n`);
  });
}

/** A redis-server of its own that a test may kill and start again: same port, and nothing kept. */
export class OwnRedis {
  readonly port: number;
  #child: ChildProcess | undefined;

  constructor(port: number) {
    this.port = port;
  }

  static async launch(): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort());
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    this.#child = spawn('redis-server', args, { stdio: 'ignore' });
    while (!(await listening(this.port))) {
      if (this.#child.exitCode !== null) throw new Error(`redis-server exited with ${this.#child.exitCode}`);
      await pause(20);
    }
  }

  /** Ends it as a crash would; what it held is lost. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  /** Stops answering without closing anything, as a machine that hangs; `SIGCONT` lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }
}

const listening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
