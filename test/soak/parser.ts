/** A packet of Socket.IO 5: event 2, acknowledgement 3, with its namespace and arguments. */
interface Packet {
  readonly type: number;
  readonly nsp: string;
  readonly id?: number;
  readonly data?: unknown;
}

type Listener = (packet: Packet) => void;

/** Broadcasts are the same text for every socket; only so many are remembered. */
const REMEMBERED = 64;
const known = new Map<string, Packet>();
const SHAPE = /^(\d)(?:(\/[^,]*),)?(\d+)?([\s\S]*)$/;

function decode(text: string): Packet {
  const [, type, nsp = '/', id, json] = SHAPE.exec(text)!;
  return { type: Number(type), nsp, ...(id !== undefined && { id: Number(id) }), ...(json && { data: JSON.parse(json) }) };
}

function decoded(text: string): Packet {
  const before = known.get(text);
  if (before) return before;
  const packet = decode(text);
  if (packet.id === undefined) {
    known.set(text, packet);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  }
  return packet;
}

class Encoder {
  encode({ type, nsp, id, data }: Packet): string[] {
    return [`${type}${nsp === '/' ? '' : `${nsp},`}${id ?? ''}${data === undefined ? '' : JSON.stringify(data)}`];
  }
}

class Decoder {
  #listeners: Listener[] = [];

  on(_event: 'decoded', listener: Listener): void {
    this.#listeners.push(listener);
  }

  off(_event: string, listener: Listener): void {
    this.#listeners = this.#listeners.filter((each) => each !== listener);
  }

  add(text: string): void {
    for (const listener of this.#listeners) listener(decoded(text));
  }

  destroy(): void {}
}

/**
 * Socket.IO's format for clients that share a process: what a hundred of them hear is parsed once, so that the listeners of a run
 * take less of the machine than the server they watch. Texts only; nobody may change what it hears.
 */
export const sharingParser = { Encoder, Decoder };
