import { type ServerOptions, WebSocketServer } from 'ws';

/**
 * The WebSocket server below Engine.IO: takes clients up on compression (RFC 7692), each message by itself so that no context is
 * kept, but compresses nothing on its own. Compressed apart for each of a thousand sockets, one packet held 400 MB and a core for
 * seconds; what is large is compressed once for all ({@link shareEvent}).
 */
export class WsEngine extends WebSocketServer {
  constructor(options?: ServerOptions) {
    super({
      ...options,
      perMessageDeflate: {
        threshold: Number.POSITIVE_INFINITY,
        serverNoContextTakeover: true,
        clientNoContextTakeover: true
      }
    });
  }
}
