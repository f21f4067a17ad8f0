import { constants, deflateRawSync } from 'node:zlib';
import type { Socket } from 'socket.io';
import WebSocket from 'ws';

/** An event that is put into words, compressed and framed once, whoever gets it. */
export interface SharedEvent {
  sendTo(socket: Socket): void;
}

/** Texts below this are sent as they are, bytes. */
const COMPRESS_FROM = 1024;
/** Most of the gain for a third of the time: the event loop waits for it. */
const LEVEL = 2;
/** Bits of the window it is compressed with; a client that asked for a smaller one could not read it. */
const WINDOW = 15;
/** Ends every compressed message; RFC 7692 §7.2.1 leaves it out. */
const TAIL = 4;
const TEXT = 1;

/** What the types do not tell: the transport of Engine.IO, and the compression that was agreed on. */
interface Transport {
  readonly name: string;
  readonly socket?: { readonly _extensions?: { readonly 'permessage-deflate'?: { readonly params: Agreed } } };
}
interface Agreed {
  readonly server_max_window_bits?: number;
}
const { Sender } = WebSocket as unknown as { Sender: { frame(data: Buffer, options: object): Buffer[] } };
type Write = (packet: string, options: { wsPreEncodedFrame?: Buffer[] }) => void;

/** @param payload must not change afterwards */
export function shareEvent(event: string, payload: object): SharedEvent {
  // the EVENT packet of Socket.IO, the same in all versions; a 4 before it makes it Engine.IO's message
  const packet = `2${JSON.stringify([event, payload])}`;
  const bytes = Buffer.from(`4${packet}`);
  const plain = frame(bytes, false);
  let compressed: Buffer[] | undefined;

  function frameFor({ name, socket }: Transport): Buffer[] | undefined {
    if (name !== 'websocket' || !socket) return undefined;
    const agreed = socket._extensions?.['permessage-deflate']?.params;
    if (!agreed || (agreed.server_max_window_bits ?? WINDOW) < WINDOW || bytes.length < COMPRESS_FROM) return plain;
    compressed ??= frame(deflated(bytes), true);
    return compressed;
  }

  return {
    sendTo({ conn }) {
      const wsPreEncodedFrame = frameFor(conn.transport as unknown as Transport);
      // over polling Engine.IO takes the text, and compresses the HTTP answer
      (conn.write.bind(conn) as Write)(packet, wsPreEncodedFrame ? { wsPreEncodedFrame } : {});
    }
  };
}

const frame = (data: Buffer, rsv1: boolean): Buffer[] =>
  Sender.frame(data, { fin: true, opcode: TEXT, mask: false, readOnly: true, rsv1 });

const deflated = (bytes: Buffer): Buffer =>
  deflateRawSync(bytes, { level: LEVEL, windowBits: WINDOW, finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -TAIL);
