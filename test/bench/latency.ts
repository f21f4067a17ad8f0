import { io } from 'socket.io-client';

/**
 * Time from sending an entry to hearing it on the root socket, ms, one upload at a time.
 * @param uploads how many to measure
 */
export async function latency(url: string, secret: string, uploads: number): Promise<{ p50: number; p99: number }> {
  const socket = io(url, { transports: ['websocket'] });
  await new Promise((resolve) => socket.emit('authorize', { client: 'bench', secret }, resolve));
  const times: number[] = [];
  for (let n = 0; n < uploads; n++) {
    const date = Date.now() - n;
    const heard = new Promise<void>((resolve) => {
      socket.on('dataUpdate', function listen(data: { sgvs?: { mills: number }[] }) {
        if (!data.sgvs?.some(({ mills }) => mills === date)) return;
        socket.off('dataUpdate', listen);
        resolve();
      });
    });
    const began = performance.now();
    await Promise.all([
      heard,
      fetch(`${url}/api/v1/entries.json`, {
        method: 'POST',
        headers: { 'api-secret': secret, 'content-type': 'application/json' },
        body: JSON.stringify([{ type: 'sgv', sgv: 100 + (n % 100), date }])
      })
    ]);
    times.push(performance.now() - began);
  }
  socket.close();
  times.sort((a, b) => a - b);
  return { p50: times[Math.floor(uploads * 0.5)]!, p99: times[Math.floor(uploads * 0.99)]! };
}
