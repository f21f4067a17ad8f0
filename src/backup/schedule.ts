import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { runAside } from '../aside/run-aside.ts';
import type { Bus } from '../bus/bus.ts';
import type { Config } from '../config/config.ts';
import { backupName, listBackups } from './names.ts';
import { sourceOf } from './source.ts';
import type { BackupDone, BackupOrder } from './write-backup.ts';

/** What is known of the server's own backups; times in epoch ms. */
interface BackupStatus {
  /** Time between two, ms; undefined: the server makes none. */
  readonly everyMs: number | undefined;
  readonly dir: string;
  readonly running: boolean;
  /** The newest in the folder, whoever made it. It has been verified: a file gets that name only then. */
  readonly last: { readonly file: string; readonly at: number; readonly bytes: number } | undefined;
  /** How long the last one of this run took. */
  readonly lastDurationMs: number | undefined;
  readonly kept: number;
  /** Of the last attempt, when it failed. */
  readonly failure: { readonly at: number; readonly reason: string } | undefined;
  readonly nextAt: number | undefined;
}

/** Backups the server makes by itself. */
export interface Backups {
  status(): BackupStatus;
  /**
   * Begins one now, whatever the time, unless one is being made.
   * @returns 0, or the ms after which it may be asked again: a new one takes the place of the oldest
   */
  now(): number;
  /** Makes one if it is time; resolves when there is nothing more to do now. */
  tick(): Promise<void>;
  /** Stops one under way, leaving nothing of it. */
  close(): Promise<void>;
}

interface Deps {
  readonly config: Config;
  readonly log: Logger;
  readonly bus: Bus;
  /** The clock, epoch ms. */
  readonly now: () => number;
  /** False while another process of the same site does it. */
  readonly leads?: () => boolean;
  /** Does the work; for tests. */
  readonly write?: (order: BackupOrder, signal: AbortSignal) => Promise<BackupDone>;
}

const TICK_MS = 60_000;
/** A server that has just started has other things to do. */
const FIRST_MS = 10 * 60_000;
/** After a failure, which most often is a full disk or a database that is away. */
const AGAIN_MS = 3_600_000;
/** One made so lately is as good as a new one. */
const FRESH_MS = 10 * 60_000;

/**
 * Makes a backup whenever the newest one in the folder is older than BACKUP_EVERY, in a process of its own, and removes the
 * oldest beyond BACKUP_KEEP: only after a new one has been verified, and only files with a name that is ours.
 */
export function createBackups({
  config,
  log,
  bus,
  now,
  leads = () => true,
  write = (order, signal) => runAside('backup', order, { signal, humble: true })
}: Deps): Backups {
  const { everyMs, keep, dir } = config.backup;
  const stop = new AbortController();
  const startedAt = now();
  let running: Promise<void> | undefined;
  let making = false;
  let last: BackupStatus['last'];
  let lastDurationMs: number | undefined;
  let kept = 0;
  let failure: BackupStatus['failure'];

  function nextAt(): number | undefined {
    if (everyMs === undefined) return undefined;
    // a file from the future (the clock was wrong once) must not put off backups for years
    const from = last ? Math.min(last.at, now()) + everyMs : startedAt;
    return Math.max(from, startedAt + FIRST_MS, failure ? failure.at + Math.min(everyMs, AGAIN_MS) : 0);
  }

  async function look(): Promise<void> {
    const found = await listBackups(dir);
    [last] = found;
    kept = found.length;
  }

  async function make(): Promise<void> {
    const at = now();
    const order: BackupOrder = { source: sourceOf(config), file: join(dir, backupName(at)), leaveFree: config.diskWarnBytes, at };
    making = true;
    try {
      const done = await write(order, stop.signal);
      lastDurationMs = done.durationMs;
      if (failure) tell('Backups work again', `A backup was made and verified: ${done.file}.`);
      failure = undefined;
      const { collections } = done.info.content;
      log.info({ file: done.file, bytes: done.bytes, durationMs: done.durationMs, collections }, 'backup made and verified');
      await prune(done.file);
    } catch (error) {
      if (stop.signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      log.error({ reason }, 'no backup could be made');
      // the same sentence again counts up
      tell('Backup failed', `No backup could be made: ${reason}`);
      failure = { at, reason };
    } finally {
      making = false;
      await look().catch(() => undefined);
    }
  }

  async function prune(newest: string): Promise<void> {
    const old = (await listBackups(dir)).filter(({ file }) => file !== newest).slice(keep - 1);
    for (const { file } of old) {
      await rm(file, { force: true });
      log.info({ file }, 'old backup removed');
    }
  }

  function tell(title: string, message: string): void {
    bus.publish('admin-notify', { title, message });
  }

  /** Does one thing after the other; `running` is the last of them. */
  function inTurn(work: () => Promise<void> | undefined): Promise<void> {
    const turn = (running ?? Promise.resolve()).then(work).finally(() => {
      if (running === turn) running = undefined;
    });
    running = turn;
    return turn;
  }

  function tick(): Promise<void> {
    return (
      running ??
      inTurn(() =>
        look()
          .catch((error: unknown) => log.debug({ err: error }, 'the folder of backups cannot be read'))
          .then(() => {
            const due = nextAt();
            return due !== undefined && now() >= due && leads() && !stop.signal.aborted ? make() : undefined;
          })
      )
    );
  }

  /** 0: none is so new that another one would be of no use. */
  function freshFor(): number {
    const age = last ? now() - last.at : Number.POSITIVE_INFINITY;
    return age >= 0 && age < FRESH_MS ? FRESH_MS - age : 0;
  }

  function makeNow(): number {
    if (making || freshFor() > 0) return making ? 0 : freshFor();
    void inTurn(() => (freshFor() > 0 || stop.signal.aborted ? undefined : make()));
    return 0;
  }

  const timer = setInterval(() => void tick(), TICK_MS).unref();
  void tick();

  return {
    status: () => ({ everyMs, dir, running: making, last, lastDurationMs, kept, failure, nextAt: nextAt() }),
    now: makeNow,
    tick,
    async close() {
      clearInterval(timer);
      stop.abort();
      await running;
    }
  };
}
