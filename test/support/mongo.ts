import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MongoClient } from 'mongodb';
import { DryMongoBinary } from 'mongodb-memory-server';
import { inject } from 'vitest';

/** The MongoDB of this test run, `mongodb://host:port/`; undefined: none to be had, skip (the run says so loudly at its end). */
export const mongoUrl = (): string | undefined => inject('mongoBaseUrl') || undefined;

/** A database nobody else uses. `drop` removes it and lets go. */
export async function freshDatabase(): Promise<{ url: string; client: MongoClient; drop: () => Promise<void> }> {
  const [, host, query = ''] = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?(\?.*)?$/.exec(mongoUrl() ?? '') ?? [];
  if (!host) throw new Error('no MongoDB in this run');
  const url = `${host}/vigil_test_${randomBytes(6).toString('hex')}${query}`;
  const client = await new MongoClient(url).connect();
  const drop = async () => {
    await client.db().dropDatabase();
    await client.close();
  };
  return { url, client, drop };
}

/** The mongod to run as a process of its own, or undefined. */
export async function mongodBinary(): Promise<string | undefined> {
  if (process.env.MONGOMS_SYSTEM_BINARY) return process.env.MONGOMS_SYSTEM_BINARY;
  return (await DryMongoBinary.locateBinary(await DryMongoBinary.generateOptions()))?.[1];
}

/** A mongod that a test may kill and start again: same port, same data. */
export class OwnMongod {
  readonly port: number;
  readonly #binary: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'vigil-mongod-'));
  #child: ChildProcess | undefined;

  constructor(binary: string, port: number) {
    this.#binary = binary;
    this.port = port;
  }

  async start(): Promise<void> {
    // a group of its own, so that a wrapper script goes together with what it wraps
    const args = ['--port', String(this.port), '--dbpath', this.#folder, '--bind_ip', '127.0.0.1'];
    this.#child = spawn(this.#binary, args, { stdio: 'ignore', detached: true });
    while (!(await listening(this.port))) {
      if (this.#child.exitCode !== null) throw new Error(`mongod exited with ${this.#child.exitCode}`);
      await pause(20);
    }
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await gone;
  }

  /** Makes it silent, its connections open, and lets it go on. */
  freeze(): void {
    process.kill(-this.#child!.pid!, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(-this.#child!.pid!, 'SIGCONT');
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const listening = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
