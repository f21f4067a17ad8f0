import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createTrust } from '../access/client-address.ts';
import { penaltyGroup } from '../access/delay-list.ts';
import type { Config } from '../config/config.ts';

/** Time for the headers of a request, ms. */
const HEADERS_MS = 60_000;
/** Time for a whole request, ms: a backfill of 50 MiB over a bad mobile network takes minutes. */
const REQUEST_MS = 15 * 60_000;
/** An idle connection stays open this long, ms; longer than balancers keep theirs (60 s), or they would send into a closed one. */
const KEEP_ALIVE_MS = 75_000;
/** One connection: what is under way on it. */
interface Connection {
  readonly socket: Socket;
  /** Undefined for a trusted proxy, which speaks for many. */
  readonly client: string | undefined;
  /** The last request whose answer is not out. */
  request: IncomingMessage | undefined;
  upgraded: boolean;
}

type Place = Set<Connection>;

/**
 * Sets the times a connection may take, and bounds how many there are, per client and together. Over the bound the one that is
 * missed least makes room: idle or with half a request in its headers first, then with half a body, oldest first. So neither a
 * phone that leaks connections nor somebody who opens thousands keeps others out.
 */
export function boundConnections(server: HttpServer | HttpsServer, { limits, trustProxy }: Config): void {
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  const trusts = createTrust(trustProxy);
  const all: Place = new Set();
  const byClient = new Map<string, Place>();
  const byPeer = new Map<string, Connection>();

  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? '';
    const client = address === '' || trusts(address) ? undefined : penaltyGroup(address.replace(/^::ffff:(?=\d+\.)/i, ''));
    const connection: Connection = { socket, client, request: undefined, upgraded: false };
    const own = client === undefined ? undefined : (byClient.get(client) ?? new Set());
    if (!(hasRoom(own, limits.connectionsPerClient) && hasRoom(all, limits.connections))) {
      socket.destroy();
      return;
    }
    all.add(connection);
    if (own && client !== undefined) byClient.set(client, own.add(connection));
    const peer = peerOf(socket);
    byPeer.set(peer, connection);
    socket.once('close', () => {
      all.delete(connection);
      own?.delete(connection);
      if (own?.size === 0 && client !== undefined) byClient.delete(client);
      if (byPeer.get(peer) === connection) byPeer.delete(peer);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const connection = byPeer.get(peerOf(request.socket));
    if (!connection) return;
    connection.request = request;
    response.once('close', () => {
      if (connection.request !== request) return;
      connection.request = undefined;
      // what was used lately goes last
      for (const place of [all, connection.client === undefined ? undefined : byClient.get(connection.client)])
        if (place?.delete(connection)) place.add(connection);
    });
  });
  server.on('upgrade', (request: IncomingMessage) => {
    const connection = byPeer.get(peerOf(request.socket));
    if (connection) connection.upgraded = true;
  });
}

/** TLS hides the connection behind a socket of its own; both have the same peer. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/** Makes room for one more where there is none. @returns false when all are busy */
function hasRoom(place: Place | undefined, limit: number): boolean {
  if (!place || limit === 0 || place.size < limit) return true;
  const free = first(place, ({ request, upgraded }) => !request && !upgraded);
  const missedLeast = free ?? first(place, ({ request }) => request?.complete === false);
  missedLeast?.socket.destroy();
  // it leaves the sets when its `close` comes, but counts no longer
  return missedLeast !== undefined;
}

function first(place: Place, fits: (connection: Connection) => boolean): Connection | undefined {
  for (const connection of place) if (!connection.socket.destroyed && fits(connection)) return connection;
  return undefined;
}
