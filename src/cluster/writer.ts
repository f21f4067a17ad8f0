import type { CollectionName } from '../storage/port.ts';
import type { Link } from './link.ts';
import { type Kind, type Messages, type Packet, packet } from './messages.ts';
import type { Names } from './names.ts';
import { APPEND, run } from './scripts.ts';

/** How many packets the stream keeps, about: who was cut off for longer reads the database instead. */
const LENGTH = 2000;
/** Health data of a site nobody serves any more leaves Redis after this time, s. */
const KEPT_S = 24 * 3600;
/**
 * How long a message that could not be sent is worth sending, ms. Alarms only as long as others believe that somebody sounds them:
 * after that they do it themselves, and a late one would look like a new one.
 */
const WORTH_MS = 120_000;
const ALARM_WORTH_MS = 8000;
const MOST_WAITING = 500;

/** What belongs to the announcement of a batch: see the script. */
interface Ending {
  readonly collection: CollectionName;
  readonly lock: string;
  readonly token: string;
  readonly srvModified: number;
}

/** This process's side of the stream. */
export interface Writer {
  /** Sends a small message; kept for a while when Redis is away. */
  post<K extends Kind>(kind: K, message: Messages[K]): void;
  /** Sends what was stored, remembers the clock of the collection and gives up its lock. @throws Error when nobody knows whether it arrived */
  announce(packets: readonly Packet[], ending: Ending): Promise<void>;
  /** Documents of this collection were stored from this srvModified on and could not be announced. */
  owe(collection: CollectionName, srvModified: number): void;
  /** Tells that this process is there. @returns where that stands in the stream */
  hello(): Promise<string>;
  /** Sends what could not be sent before, or just that this process is there. */
  beat(): void;
}

/** @param now epoch ms */
export function createWriter(
  link: Link,
  { names, instance, now }: { names: Names; instance: string; now: () => number }
): Writer {
  /** numbers packets from 1, so that others notice when one is missing, or comes twice */
  let number = 0;
  let owed: Partial<Record<CollectionName, number>> = {};
  let waiting: { readonly packet: Packet; readonly until: number }[] = [];

  const append = (packets: readonly Packet[], ending?: Ending): Promise<string> =>
    link.call<string>(
      run(
        APPEND,
        [names.stream, names.clock, ending?.lock ?? names.stream],
        [
          LENGTH,
          KEPT_S,
          instance,
          ending?.collection ?? '',
          ending?.srvModified ?? 0,
          ending?.token ?? '',
          ...packets.flatMap(({ kind, data }) => [kind === 'alive' ? number : ++number, kind, data])
        ]
      )
    );

  function keep(packets: readonly Packet[], until: number): void {
    waiting = [...waiting, ...packets.map((one) => ({ packet: one, until }))].slice(-MOST_WAITING);
  }

  function flush(): void {
    const collections = Object.keys(owed) as CollectionName[];
    const still = waiting.filter(({ until }) => until > now());
    const packets = [
      ...(collections.length > 0 ? [packet('catch-up', owed)] : []),
      ...still.map((one) => one.packet),
      packet('alive', {})
    ];
    const owing = owed;
    owed = {};
    waiting = [];
    // without a lock nobody knew whose srvModified was the last one: the next to write asks the database
    if (collections.length > 0) link.call(['HDEL', names.clock, ...collections]).catch(() => undefined);
    append(packets).catch(() => {
      for (const [collection, since] of Object.entries(owing) as [CollectionName, number][]) owe(collection, since);
      waiting = [...still, ...waiting];
    });
  }

  function owe(collection: CollectionName, srvModified: number): void {
    owed[collection] = Math.min(owed[collection] ?? srvModified, srvModified);
  }

  link.onReady(flush);
  return {
    post(kind, message) {
      const one = packet(kind, message);
      const until = now() + (kind === 'notification' ? ALARM_WORTH_MS : WORTH_MS);
      if (!link.isReady) keep([one], until);
      else append([one]).catch(() => keep([one], until));
    },
    async announce(packets, ending) {
      await append(packets, ending);
    },
    owe,
    hello: () => append([packet('alive', {})]),
    beat() {
      if (link.isReady) flush();
    }
  };
}
