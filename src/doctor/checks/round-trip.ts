import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha1 } from '../../access/digest.ts';
import { askSite, type RunningSite } from '../../cli/site-here.ts';
import { openSocket, type ProbeSocket } from '../../verify/socket.ts';
import { type DoctorCheck, well, wrong } from '../finding.ts';

/**
 * What is uploaded: a treatment of a type no app knows, without insulin, carbs, glucose, duration or text, of twelve hours ago: young
 * enough for the live window, too old for whatever announces or snoozes.
 */
const EVENT_TYPE = 'Vigil Doctor';
const AGE_MS = 12 * 3_600_000;
const SUBJECTS = '/api/v2/authorization/subjects';
/** Should this process be killed, its token ends by itself. */
const TOKEN_MS = 3_600_000;

/** An upload as an app makes it, until it is heard on both sockets, and gone again. */
export const roundTrip: DoctorCheck = {
  id: 'round-trip',
  async run({ site, now }) {
    if (site) return [await travel(site, now(), 'The running server')];
    return [await onOwnServer(now)];
  }
};

async function travel(site: RunningSite, now: number, who: string) {
  const ask = askOver(site);
  const name = `vigil-doctor-${randomBytes(4).toString('hex')}`;
  const sockets: ProbeSocket[] = [];
  let subject: string | undefined;
  let document: string | undefined;
  const began = performance.now();
  try {
    // /storage takes tokens only
    const expires = new Date(now + TOKEN_MS).toISOString();
    await ask('POST', SUBJECTS, { name, roles: ['readable'], expires, notes: 'made by vigil doctor for a moment' });
    const made = ((await ask('GET', SUBJECTS)) as { _id: string; name: string; accessToken: string }[]).find(
      (one) => one.name === name
    );
    if (!made) throw new Error('a new subject is not listed');
    subject = made._id;
    const connect = async (namespace: string, event: string, payload: object): Promise<ProbeSocket> => {
      const socket = await openSocket({ base: site.url }, namespace, {
        agent: 'vigil-doctor',
        headers: site.headers,
        ...(site.agent && { via: site.agent })
      });
      sockets.push(socket);
      await socket.ask(event, payload);
      return socket;
    };
    const root = await connect('/', 'authorize', { client: 'doctor', history: 1, secret: made.accessToken });
    const storage = await connect('/storage', 'subscribe', { accessToken: made.accessToken, collections: ['treatments'] });
    const created_at = new Date(now - AGE_MS).toISOString();
    const sent = performance.now();
    const [stored] = (await ask('POST', '/api/v1/treatments', [{ eventType: EVENT_TYPE, created_at, enteredBy: name }])) as {
      _id: string;
    }[];
    document = stored?._id;
    const isOurs = (doc: unknown): boolean => (doc as { enteredBy?: unknown } | undefined)?.enteredBy === name;
    await Promise.all([
      root.next('dataUpdate', ({ delta, treatments }) => delta === true && Array.isArray(treatments) && treatments.some(isOurs)),
      storage.next('create', ({ doc }) => isOurs(doc))
    ]);
    const heard = Math.round(performance.now() - sent);
    await ask('DELETE', `/api/v1/treatments/${document}`);
    await storage.next('delete', ({ colName }) => colName === 'treatments');
    const query = `find%5BenteredBy%5D=${name}&find%5Bcreated_at%5D%5B$gte%5D=${created_at}`;
    const left = (await ask('GET', `/api/v1/treatments.json?${query}`)) as unknown[];
    if (left.length > 0) throw new Error('it is still listed after it was deleted');
    document = undefined;
    return well(`${who} takes an upload, tells both sockets within ${heard} ms, and deletes it again.`);
  } catch (error) {
    const after = Math.round((performance.now() - began) / 1000);
    return wrong(
      `${who} does not pass on an upload (${(error as Error).message}, after ${after} s).`,
      'Look into its log for the same moment; then run vigil doctor again.'
    );
  } finally {
    for (const socket of sockets) socket.close();
    if (document) await tidy(ask, `/api/v1/treatments/${document}`);
    if (subject) await tidy(ask, `${SUBJECTS}/${subject}`);
  }
}

type Ask = (method: string, path: string, body?: unknown) => Promise<unknown>;

const askOver =
  (site: RunningSite): Ask =>
  async (method, path, body) => {
    const answer = await askSite(site, path, { method, body });
    if (!answer.ok) throw new Error(`${method} ${path.split('?')[0]} answered ${answer.status}`);
    return answer.json();
  };

const tidy = (ask: Ask, path: string): Promise<unknown> => ask('DELETE', path).catch(() => undefined);

/** A server of its own over a folder of its own, when none runs: the site's data stays untouched. */
async function onOwnServer(now: () => number) {
  const [{ createServer }, { readConfig }, { createLogger }] = await Promise.all([
    import('../../server.ts'),
    import('../../config/read-config.ts'),
    import('../../observe/logger.ts')
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'vigil-doctor-'));
  const secret = randomBytes(24).toString('hex');
  try {
    const config = readConfig({
      DATA_DIR: folder,
      HOSTNAME: '127.0.0.1',
      API_SECRET: secret,
      INSECURE_USE_HTTP: 'true',
      BACKUP_EVERY: 'off',
      LOG_LEVEL: 'silent'
    });
    const server = await createServer({ ...config, port: 0 }, { log: createLogger('silent'), now });
    try {
      return await travel(
        { running: true, url: server.url, headers: { 'api-secret': sha1(secret) } },
        now(),
        'A server started for this'
      );
    } finally {
      await server.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
