import { Agent, request } from 'node:http';
import { clock, createDurations } from './figures.ts';
import type { Upload } from './uploads.ts';

/** Of ten uploads one is sent again as it was: the answer got lost on the way. */
const REPEATS = 0.1;
const REMEMBERED = 30;
/** Uploaders that share the work, each with an address of its own. */
const UPLOADERS = 20;

export interface Access {
  readonly url: string;
  readonly secret: string;
  /** JWT of an administrator. */
  readonly jwt: string;
}

/** Sends uploads and keeps the books: what was acknowledged last of each document. */
export function createSender({ url, secret, jwt }: Access) {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 });
  const recent: Upload[] = [];
  const acknowledged = new Map<string, string>();
  const unsure = new Set<string>();
  const errors = new Map<string, number>();
  const latency = createDurations();
  const lateness = createDurations();
  let sent = 0;
  let repeats = 0;
  let turn = 0;

  const fail = (reason: string): void => void errors.set(reason, (errors.get(reason) ?? 0) + 1);

  function post({ api, kind, body }: Upload): Promise<number | string> {
    const path = api === 'v1' ? `/api/v1/${kind}.json` : `/api/v3/${kind}`;
    const who = api === 'v1' ? { 'api-secret': secret } : { authorization: `Bearer ${jwt}` };
    turn += 1;
    return new Promise((resolve) => {
      const req = request(
        url + path,
        {
          method: 'POST',
          agent,
          headers: { ...who, 'content-type': 'application/json', 'x-forwarded-for': `10.2.0.${(turn % UPLOADERS) + 1}` }
        },
        (res) => {
          res.resume();
          res.on('end', () => resolve(res.statusCode ?? 0));
          res.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
        }
      );
      req.on('error', (error: NodeJS.ErrnoException) => resolve(String(error.code)));
      req.end(JSON.stringify(body));
    });
  }

  /** @param at when it is due, by the clock of all processes */
  async function send(upload: Upload, at: number): Promise<void> {
    sent += 1;
    lateness.add(clock() - at);
    const answer = await post(upload);
    latency.add(clock() - at);
    if (answer === 200 || answer === 201) {
      acknowledged.set(upload.identity, upload.marker);
      recent.push(upload);
      if (recent.length > REMEMBERED) recent.shift();
    } else {
      unsure.add(upload.identity);
      fail(String(answer));
    }
  }

  return {
    acknowledged,
    unsure,
    send,
    /** Without measuring; for the filling before the run. */
    async quietly(upload: Upload): Promise<void> {
      const answer = await post(upload);
      if (answer === 200 || answer === 201) acknowledged.set(upload.identity, upload.marker);
      else throw new Error(`the filling failed: ${answer}`);
    },
    /** One that was acknowledged a moment ago, with a chance of {@link REPEATS}. */
    again(): Upload | undefined {
      if (Math.random() >= REPEATS || recent.length < REMEMBERED) return undefined;
      repeats += 1;
      return recent[Math.floor(Math.random() * recent.length)];
    },
    figures: () => ({ sent, repeats, errors: [...errors], latency: latency.summary(), lateness: lateness.summary() }),
    close: () => agent.destroy()
  };
}
export type Sender = ReturnType<typeof createSender>;
