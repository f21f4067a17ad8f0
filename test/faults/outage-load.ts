import { createHash, randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Db } from 'mongodb';
import { io, type Socket } from 'socket.io-client';
import { PROCESS_SECRET } from '../support/process.ts';

const SHA1 = createHash('sha1').update(PROCESS_SECRET).digest('hex');
const DEVICE = 'outage-test';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
}

type Kind = 'entries' | 'treatments' | 'devicestatus' | 'v3' | 'socket';
type Fields = Record<string, unknown>;

/** One document as its app knows it: what was acknowledged last. */
interface Known {
  readonly kind: Kind;
  readonly sent: Fields;
  readonly _id: string | undefined;
  readonly deleted: boolean;
  /** The upload was answered. */
  readonly taken: boolean;
  /** False when the last request about it got no answer, so that nobody knows. */
  readonly sure: boolean;
}

/** What the apps of a family saw. */
interface Figures {
  uploads: number;
  repeats: number;
  updates: number;
  deletes: number;
  reads: number;
  /** Status and path of everything that was refused. */
  readonly refused: string[];
  /** Requests that got no answer at all: the server was killed. */
  unanswered: number;
  /** Repeats that were answered with another `_id`. */
  readonly moved: string[];
  /** The longest answer to an upload, ms. */
  slowest: number;
  dataUpdates: number;
}

/** Apps that upload, repeat, change and delete without a break, against a server that may come back under another address. */
export interface Load {
  readonly figures: Figures;
  moveTo(url: string | undefined): void;
  /** Sends with the API secret. */
  send(method: string, path: string, body?: unknown): Promise<Answer | undefined>;
  stop(): Promise<void>;
  /** Compares with the database. */
  verify(db: Db): Promise<{ documents: number; lost: string[]; doubled: string[]; wrong: string[] }>;
}

const COLLECTION: Record<Kind, string> = {
  entries: 'entries',
  treatments: 'treatments',
  devicestatus: 'devicestatus',
  v3: 'treatments',
  socket: 'treatments'
};
/** What makes two documents of this load the same one. */
const placeOf = (collection: string, doc: Fields): string =>
  `${collection} ${doc.identifier ?? (collection === 'entries' ? doc.date : doc.created_at)}`;
const KINDS: readonly Kind[] = ['entries', 'treatments', 'devicestatus', 'v3', 'socket'];

/**
 * @param jwt of a subject who may do everything
 * @param everyMs each of the workers does something that often
 */
export function startLoad(jwt: string, { workers, everyMs }: { workers: number; everyMs: number }): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const figures: Figures = {
    uploads: 0,
    repeats: 0,
    updates: 0,
    deletes: 0,
    reads: 0,
    refused: [],
    unanswered: 0,
    moved: [],
    slowest: 0,
    dataUpdates: 0
  };
  const known = new Map<string, Known>();
  let url: string | undefined;
  let socket: Socket | undefined;
  let stopped = false;
  let counter = 0;
  // further apart than the two seconds within which a treatment of the socket is taken for another's
  const base = Math.floor(Date.now() / 1000) * 1000;

  // v3 knows subjects only, and passes them by JWT
  const who = (path: string): Record<string, string> =>
    path.startsWith('/api/v3/') ? { authorization: `Bearer ${jwt}` } : { 'api-secret': SHA1 };

  function send(method: string, path: string, body?: unknown): Promise<Answer | undefined> {
    const target = url;
    const began = performance.now();
    return new Promise((resolve) => {
      if (!target) return resolve(undefined);
      const req = request(
        target + path,
        { method, agent, headers: { ...who(path), 'content-type': 'application/json', accept: 'application/json' } },
        (res) => {
          let text = '';
          res.on('data', (chunk) => {
            text += chunk;
          });
          res.on('end', () => {
            figures.slowest = Math.max(figures.slowest, performance.now() - began);
            resolve({ status: res.statusCode ?? 0, headers: res.headers, text });
          });
          res.on('error', () => resolve(undefined));
        }
      );
      req.on('error', () => resolve(undefined));
      req.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  const add = (data: Fields): Promise<Answer | undefined> =>
    new Promise((resolve) => {
      if (!socket?.connected) return resolve(undefined);
      socket.timeout(15_000).emit('dbAdd', { collection: 'treatments', data }, (error: unknown, answer: unknown) => {
        if (error) resolve(undefined);
        else
          resolve({
            status: Array.isArray(answer) && answer.length === 1 ? 200 : 503,
            headers: {},
            text: JSON.stringify(answer)
          });
      });
    });

  function fresh(kind: Kind): Fields {
    const at = base - ++counter * 5000;
    const created_at = new Date(at).toISOString();
    if (kind === 'entries') return { type: 'sgv', sgv: 100 + (counter % 100), date: at, device: DEVICE };
    if (kind === 'devicestatus') return { created_at, device: `${DEVICE}-${counter}`, uploaderBattery: 50 };
    if (kind === 'v3')
      return { identifier: randomUUID(), date: at, app: 'test', device: DEVICE, eventType: 'Note', notes: 'new', utcOffset: 0 };
    return { eventType: 'Note', created_at, enteredBy: DEVICE, notes: 'new' };
  }

  const put = (kind: Kind, sent: Fields): Promise<Answer | undefined> =>
    kind === 'socket'
      ? add(sent)
      : kind === 'v3'
        ? send('POST', `/api/v3/treatments`, sent)
        : send('POST', `/api/v1/${kind}.json`, [sent]);

  const idIn = (kind: Kind, { text }: Answer): string | undefined => (kind === 'v3' ? undefined : JSON.parse(text)[0]?._id);

  /** @returns true when it was answered as it should be */
  function accepted(answer: Answer | undefined, what: string): answer is Answer {
    if (!answer) figures.unanswered += 1;
    else if (answer.status !== 200 && answer.status !== 201)
      figures.refused.push(`${answer.status} ${what} ${answer.text.slice(0, 120)}`);
    return answer?.status === 200 || answer?.status === 201;
  }

  async function upload(kind: Kind, own: string[]): Promise<void> {
    const sent = fresh(kind);
    const name = `${kind}-${counter}`;
    const answer = await put(kind, sent);
    known.set(name, { kind, sent, _id: undefined, deleted: false, taken: false, sure: false });
    own.push(name);
    if (!accepted(answer, `upload ${kind}`)) return;
    figures.uploads += 1;
    known.set(name, { kind, sent, _id: idIn(kind, answer), deleted: false, taken: true, sure: true });
  }

  async function repeat(name: string, one: Known): Promise<void> {
    const answer = await put(one.kind, one.sent);
    if (!accepted(answer, `repeat ${one.kind}`)) return;
    figures.repeats += 1;
    const _id = idIn(one.kind, answer);
    if (one._id && _id !== one._id) figures.moved.push(`${name}: ${one._id} became ${_id}`);
    known.set(name, { ...one, _id, taken: true, sure: true });
  }

  async function update(name: string, one: Known): Promise<void> {
    const sent = { ...one.sent, notes: `changed ${++counter}` };
    known.set(name, { ...one, sure: false });
    const answer =
      one.kind === 'v3'
        ? await send('PATCH', `/api/v3/treatments/${one.sent.identifier}`, { notes: sent.notes })
        : await send('PUT', '/api/v1/treatments.json', { ...sent, _id: one._id });
    if (!accepted(answer, `update ${one.kind}`)) return;
    figures.updates += 1;
    known.set(name, { ...one, sent, sure: true });
  }

  async function remove(name: string, one: Known): Promise<void> {
    known.set(name, { ...one, sure: false });
    const answer =
      one.kind === 'v3'
        ? await send('DELETE', `/api/v3/treatments/${one.sent.identifier}`)
        : await send('DELETE', `/api/v1/treatments/${one._id}`);
    if (!accepted(answer, `delete ${one.kind}`)) return;
    figures.deletes += 1;
    known.set(name, { ...one, deleted: true, sure: true });
  }

  async function read(turn: number): Promise<void> {
    const paths = ['/api/v1/entries.json?count=1', '/api/v2/properties', '/pebble', '/api/v1/treatments.json?count=5'];
    const path = paths[turn % paths.length]!;
    if (accepted(await send('GET', path), path)) figures.reads += 1;
  }

  const changeable = (name: string): boolean => {
    const { kind, sure, deleted } = known.get(name)!;
    return sure && !deleted && (kind === 'treatments' || kind === 'v3');
  };

  /** What was changed meanwhile would be set back. */
  const repeatable = (name: string): boolean => {
    const { kind, sent, sure, taken, deleted } = known.get(name)!;
    if (deleted || (taken && !sure) || (kind === 'socket' && !socket?.connected)) return false;
    return sent.notes === undefined || sent.notes === 'new';
  };

  async function work(first: number): Promise<void> {
    const own: string[] = [];
    for (let turn = first; !stopped; turn++) {
      if (!url) {
        await pause(20);
        continue;
      }
      const kind = KINDS[turn % KINDS.length]!;
      if (kind !== 'socket' || socket?.connected) await upload(kind, own);
      const newest = own.at(-1);
      if (newest === undefined) continue;
      if (turn % 4 === 1 && changeable(newest)) await update(newest, known.get(newest)!);
      // any of its documents, most of them from before the last thing that was killed
      const older = own[(Math.imul(turn, 0x9e3779b1) >>> 0) % own.length]!;
      if (turn % 3 === 0 && repeatable(older)) await repeat(older, known.get(older)!);
      if (turn % 6 === 5 && changeable(older)) await remove(older, known.get(older)!);
      await read(turn);
      await pause(everyMs);
    }
  }

  const running = Array.from({ length: workers }, (_, worker) => work(worker));

  async function verify(db: Db): Promise<{ documents: number; lost: string[]; doubled: string[]; wrong: string[] }> {
    const [lost, doubled, wrong]: string[][] = [[], [], []];
    const stored = new Map<string, Fields[]>();
    for (const collection of new Set(Object.values(COLLECTION))) {
      for await (const doc of db.collection(collection).find()) {
        const place = placeOf(collection, doc);
        stored.set(place, [...(stored.get(place) ?? []), doc]);
      }
    }
    for (const [name, { kind, sent, _id, deleted, sure }] of known) {
      const found = stored.get(placeOf(COLLECTION[kind], sent)) ?? [];
      const valid = found.filter(({ isValid }) => isValid !== false);
      if (found.length > 1) doubled!.push(name);
      if (!sure) continue;
      if (!deleted && valid.length === 0) lost!.push(name);
      if (deleted && valid.length > 0) wrong!.push(`${name} is still there`);
      if (!deleted && valid[0] && _id && String(valid[0]._id) !== _id) wrong!.push(`${name} has another _id`);
      if (!deleted && valid[0] && sent.notes !== valid[0].notes) wrong!.push(`${name} says ${valid[0].notes}, not ${sent.notes}`);
    }
    return { documents: known.size, lost: lost!, doubled: doubled!, wrong: wrong! };
  }

  return {
    figures,
    send,
    verify,
    moveTo(next) {
      socket?.close();
      url = next;
      if (!next) return;
      socket = io(next, { transports: ['websocket'], forceNew: true });
      const mine = socket;
      mine.on('connect', () => mine.emit('authorize', { client: 'web', secret: SHA1, history: 1 }));
      mine.on('dataUpdate', () => {
        figures.dataUpdates += 1;
      });
    },
    async stop() {
      stopped = true;
      await Promise.all(running);
      socket?.close();
      agent.destroy();
    }
  };
}
