import type { Current } from '../plugins/current.ts';
import { createSandbox } from '../plugins/sandbox.ts';
import type { Services } from '../services.ts';
import type { RunChecks } from './checks/index.ts';
import { createEngine } from './engine.ts';
import { createMemory } from './memory.ts';
import type { AlarmRequests } from './notification.ts';
import { allClear, type Outgoing } from './outgoing.ts';
import { createPace } from './pace.ts';

/** The alarms of a server: it watches the live data and the clock, and tells the bus (`notification`). */
export interface Alarms {
  start(): void;
  /** Stops watching and writes down what must survive. */
  close(): Promise<void>;
}

interface AlarmDeps {
  readonly services: Pick<Services, 'bus' | 'config' | 'live' | 'log' | 'now' | 'storage'>;
  readonly current: () => Current;
  readonly runChecks: RunChecks;
  /** When clients are told that the server started without alarms, ms after the start. */
  readonly startedMs?: number;
}

/** Under load there is one recomputation in this time, ms. */
const PAUSE_MS = 250;
const STARTED_MS = 20_000;
/** Different faults that are told; more would be noise. */
const MAX_FAULTS = 100;

/**
 * Recomputes the alarms at each change of the live data and at each heartbeat, so that stale data alarms although nobody asks
 * and nothing comes in (D23). No recomputation asks the database. Listens to `alarm-ack` from every door.
 */
export function createAlarms({ services, current, runChecks, startedMs = STARTED_MS }: AlarmDeps): Alarms {
  const { bus, config, live, log, now, storage } = services;
  const engine = createEngine({ now });
  const told = new Set<string>();
  const undo: (() => void)[] = [];
  let memory: ReturnType<typeof createMemory> | undefined;
  let isReady = false;
  let isClosed = false;
  /** the start is over, and clients have not heard of it */
  let mayGreet = false;
  const pace = createPace(cycle, PAUSE_MS);
  let stated = { text: '', at: 0 };

  /** Those who ask what alarms there are, in whatever process, need not wait for the next one to go out. */
  function state(): void {
    const alarms = engine.present();
    const text = JSON.stringify(alarms);
    const at = now();
    if (text === stated.text && Math.abs(at - stated.at) < config.heartbeatMs) return;
    stated = { text, at };
    bus.publish('alarm-state', { alarms, at });
  }

  function tell(outgoing: readonly Outgoing[]): void {
    for (const { event, message } of outgoing) bus.publish('notification', { event, message, at: now() });
  }

  function fault(check: string, error: unknown): void {
    const cause = `${check}: ${error instanceof Error ? `${error.name} ${error.message}` : 'unknown'}`;
    if (told.has(cause) || told.size >= MAX_FAULTS) return;
    told.add(cause);
    log.error({ err: error, check }, 'a check of the alarms failed and is left out');
  }

  function cycle(): void {
    // before the first load nothing is known, and nothing known is no all-clear
    if (isClosed || !isReady || live.state() !== 'loaded') return;
    try {
      const at = now();
      let isComplete = true;
      const requests = runChecks(atPresent(current(), at), {
        onError(check, error) {
          isComplete = false;
          fault(check, error);
        }
      });
      const outgoing = engine.process(requests, at, { isComplete });
      state();
      tell(outgoing);
      if (mayGreet && isComplete) greet(requests);
    } catch (error) {
      fault('all', error);
    }
    memory?.changed();
  }

  /** Clients that were connected to a server before this one may still be sounding (sockets-v3.md §3.3). */
  function greet({ notifies }: AlarmRequests): void {
    mayGreet = false;
    if (!notifies.some(({ level, group = 'default' }) => level > 0 && group === 'default'))
      tell([allClear('Server started without alarms')]);
  }

  function acknowledge({ level, group, silenceMs }: { level: number; group: string; silenceMs: number }): void {
    const outgoing = engine.ack(level, group, silenceMs, true);
    if (outgoing.length === 0) return;
    log.info({ level, group, silenceMs }, 'an alarm was acknowledged');
    state();
    tell(outgoing);
    memory?.changed();
  }

  return {
    start() {
      memory = createMemory({ engine, storage, log });
      void memory.ready.then(() => {
        isReady = true;
        pace.ask();
      });
      const heartbeat = setInterval(pace.ask, config.heartbeatMs).unref();
      const started = setTimeout(() => {
        mayGreet = true;
        pace.ask();
      }, startedMs).unref();
      undo.push(
        live.onChange('alarms', pace.ask),
        bus.subscribe('alarm-ack', 'alarms', acknowledge),
        () => clearInterval(heartbeat),
        () => clearTimeout(started)
      );
    },
    async close() {
      isClosed = true;
      for (const off of undo.splice(0)) off();
      pace.stop();
      await memory?.close();
    }
  };
}

/** The properties are kept for a minute; ages and "how long ago" are those of this instant. */
function atPresent({ sandbox, properties }: Current, time: number): Current {
  return { sandbox: { ...createSandbox({ ...sandbox, time }), properties }, properties };
}
