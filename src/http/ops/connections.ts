import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long the other side of a closed WebSocket may take to say goodbye, ms. */
const GOODBYE_MS = 500;

/**
 * Knows every connection of a server: Node forgets those that became WebSockets, and would wait for each of them.
 * @returns ends them all: plain ones at once, WebSockets after a moment for their goodbye
 */
export function trackConnections(http: Server): () => Promise<void> {
  const open = new Set<Socket>();
  http.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return async () => {
    http.closeAllConnections();
    const gone = Promise.all([...open].map((socket) => new Promise<void>((resolve) => void socket.once('close', resolve))));
    const hurry = setTimeout(() => {
      for (const socket of open) socket.destroy();
    }, GOODBYE_MS);
    await gone;
    clearTimeout(hurry);
  };
}
