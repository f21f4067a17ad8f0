import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { vi } from 'vitest';
import type { AlarmEvent, AlarmMessage, Level } from '../../src/alarms/notification.ts';
import { createBus } from '../../src/bus/bus.ts';
import type { EventMap } from '../../src/bus/events.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createIntegrations } from '../../src/integrations/create-integrations.ts';
import { openStorage } from '../../src/storage/open.ts';

export const T = Date.UTC(2026, 10, 22, 12);
export const MINUTE = 60_000;

/** A request a push service got; `form` is its query or form body. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly form: Record<string, string>;
  readonly answered: number | 'stalled';
}

/** What the service does with a request: a status, with a body and headers perhaps, or nothing at all. */
type Behaviour = (
  request: Pick<Received, 'path' | 'body'>
) => number | 'stall' | { status: number; body?: string; headers?: Record<string, string> };

/** A push service on this machine that can be made to fail, to stall and to recover. */
export async function startDouble() {
  const requests: Received[] = [];
  const double = { behave: (() => 200) as Behaviour };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { pathname, search } = new URL(request.url ?? '/', 'http://double');
    const answer = double.behave({ path: pathname, body });
    const { status, body: text = '{}', headers = {} } = typeof answer === 'object' ? answer : { status: answer };
    requests.push({
      method: request.method ?? '',
      path: pathname,
      headers: request.headers,
      body,
      form: Object.fromEntries(new URLSearchParams(search || body)),
      answered: status === 'stall' ? 'stalled' : status
    });
    if (status !== 'stall') response.writeHead(status, headers).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(double, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    /** Those that were taken. */
    taken: () => requests.filter(({ answered }) => answered === 200),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      })
  });
}

/** A clock that stands still until it is moved; `flowing`, every sleep is over at once and moves it. */
export function createTestClock(flowing = true) {
  let sleepers: { due: number; wake: () => void }[] = [];
  const clock = {
    time: T,
    flowing,
    now: () => clock.time,
    random: () => 0.5,
    sleep: (ms: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (signal.aborted) return resolve();
        if (clock.flowing) {
          clock.time += ms;
          return setImmediate(resolve);
        }
        signal.addEventListener('abort', () => resolve());
        sleepers.push({ due: clock.time + ms, wake: resolve });
      }),
    sleeping: () => sleepers.length,
    advance(ms: number) {
      clock.time += ms;
      const due = sleepers.filter((sleeper) => sleeper.due <= clock.time);
      sleepers = sleepers.filter((sleeper) => sleeper.due > clock.time);
      for (const { wake } of due) wake();
    }
  };
  return clock;
}

/** The ways out of one house, over a real store in `dataDir` (removed by `close` unless it was given). */
export async function startHouse(
  env: Record<string, string>,
  {
    clock = createTestClock(),
    dataDir,
    timeoutMs = 2000
  }: { clock?: ReturnType<typeof createTestClock>; dataDir?: string; timeoutMs?: number } = {}
) {
  const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'vigil-out-'));
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const config = readConfig({ DATA_DIR: folder, ...env }, 'machine');
  const storage = await openStorage(config, log, () => undefined);
  const bus = createBus((error) => {
    throw error;
  });
  const notices: string[] = [];
  const acks: EventMap['alarm-ack'][] = [];
  bus.subscribe('admin-notify', 'test', ({ message }) => void notices.push(message));
  bus.subscribe('alarm-ack', 'test', (ack) => void acks.push(ack));
  const integrations = createIntegrations({
    services: { bus, config, storage, log, now: clock.now },
    timeoutMs,
    sleep: clock.sleep,
    random: clock.random
  });
  const emit = (event: AlarmEvent, message: AlarmMessage) => bus.publish('notification', { event, message, at: clock.time });
  const sum = (name: 'queued' | 'delivered' | 'refused' | 'dropped' | 'failures' | 'withdrawn') =>
    Object.values(integrations.stats()).reduce((total, stats) => total + stats[name], 0);
  return {
    clock,
    config,
    storage,
    log: lines,
    notices,
    acks,
    integrations,
    emit,
    sum,
    alarm: (over: Over = {}) => {
      const message = alarm(over);
      emit(message.level === 2 ? 'urgent_alarm' : message.level === 1 ? 'alarm' : 'notification', message);
    },
    announce: (title: string) =>
      emit('announcement', { ...alarm({ level: 1, title, key: `sha-${title}` }), group: 'Announcement', isAnnouncement: true }),
    clear: (group = 'default') =>
      emit('clear_alarm', { clear: true, title: 'All Clear', message: `${group} - Urgent was ack'd`, group }),
    /** Everything offered so far has gone one way or the other. */
    settled: (parts: number) =>
      vi.waitFor(
        () => {
          const done = sum('delivered') + sum('refused') + sum('dropped');
          if (sum('queued') > 0 || done < parts) throw new Error(`${done} of ${parts} parts, ${sum('queued')} waiting`);
        },
        { interval: 2, timeout: 30_000 }
      ),
    stop: async () => {
      await integrations.close();
      await storage.close();
    },
    close: async () => {
      await integrations.close();
      await storage.close();
      if (!dataDir) rmSync(folder, { recursive: true, force: true });
    }
  };
}

type Over = { level?: Level; title?: string; message?: string; group?: string; key?: string; eventName?: string; sound?: string };

/** An alarm as the engine tells it. */
export function alarm({ level = 2, title = 'Urgent, HIGH', message = 'BG Now: 320', group = 'default', sound, ...over }: Over) {
  return {
    level,
    title,
    message,
    group,
    plugin: { name: 'ar2', label: 'AR2', pluginType: 'notification', enabled: true },
    key: over.key ?? `ar2_${level}`,
    eventName: over.eventName ?? 'high',
    ...(sound && { pushoverSound: sound })
  } as const;
}
