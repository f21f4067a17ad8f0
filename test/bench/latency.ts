import type { Socket } from 'socket.io-client';

/** Half of the times are below p50, one in a hundred is above p99; ms. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/**
 * Time from sending until a socket hears of it, one at a time.
 * @param events names to listen for
 * @param send sends number n; resolves when it is answered
 * @param isIt whether an event is about number n
 */
export async function latency(
  socket: Socket,
  events: readonly string[],
  times: number,
  send: (n: number) => Promise<unknown>,
  isIt: (payload: never, n: number) => boolean
): Promise<Latency> {
  const measured: number[] = [];
  for (let n = 0; n < times; n++) {
    const began = performance.now();
    const heard = new Promise<void>((resolve, reject) => {
      const giveUp = setTimeout(() => reject(new Error(`number ${n} of ${events} was not heard`)), 10_000);
      const listen = (payload: unknown): void => {
        if (!isIt(payload as never, n)) return;
        for (const event of events) socket.off(event, listen);
        clearTimeout(giveUp);
        measured.push(performance.now() - began);
        resolve();
      };
      for (const event of events) socket.on(event, listen);
    });
    await Promise.all([heard, send(n)]);
  }
  measured.sort((a, b) => a - b);
  return { p50: measured[Math.floor(times * 0.5)]!, p99: measured[Math.floor(times * 0.99)]! };
}
