import { request as httpRequest } from 'node:http';
import { Agent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { sha1 } from '../access/digest.ts';
import type { VerifyAuth } from '../access/verifyauth.ts';
import type { Config } from '../config/config.ts';
import { knownSecret } from '../config/secret.ts';
import { type CliContext, CommandFailed } from './context.ts';
import { localUrl } from './local-url.ts';

/** A server that runs on this configuration, and how to speak to it as administrator. */
export interface RunningSite {
  readonly running: true;
  /** `http://127.0.0.1:1337`, without a slash at its end. */
  readonly url: string;
  /** The API secret, and what keeps a server that expects a proxy from redirecting. Only for {@link url}. */
  readonly headers: Record<string, string>;
  /** For https only: takes the certificate of this machine, which is made for another name or signed by itself. */
  readonly agent?: Agent;
}

export type SiteHere = RunningSite | { readonly running: false };

/** The database is locked before the port is opened: how long a start is waited for, ms. */
const PATIENCE_MS = 5000;
const AGAIN_MS = 100;
/** How long one answer may take, ms. */
const ANSWER_MS = 5000;

/**
 * Is a server running on this very configuration? With SQLite one holds the lock of the data folder and answers on PORT; with
 * MongoDB one answers on PORT. In both cases it takes our API secret as the administrator's. Nothing is made or changed.
 * @param options.patienceMs how long a server that holds the folder may take until it answers
 * @throws CommandFailed when the data folder is in use, but nobody who takes our secret answers on PORT: neither the server nor
 * the database can be spoken to
 */
export async function findSite(
  config: Config,
  { err }: Pick<CliContext, 'err'>,
  { patienceMs = PATIENCE_MS }: { readonly patienceMs?: number } = {}
): Promise<SiteHere> {
  const isTaken = config.mongo ? () => false : await folderLock(config);
  if (!config.mongo && !isTaken()) return { running: false };
  const secret = await knownSecret(config);
  const site = secret && siteAt(config, secret);
  if (site && (await isOurs(site))) return site;
  if (config.mongo) return { running: false };

  err('The data folder is in use; waiting for its server to answer …');
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    await pause(AGAIN_MS);
    if (!isTaken()) return { running: false };
    if (site && (await isOurs(site))) return site;
  }
  throw new CommandFailed(
    `DATA_DIR (${config.dataDir}) is in use, but no server that takes this API secret answers on PORT ${config.port}. Run the command with the settings of the server (PORT, HOSTNAME, SSL_KEY, API_SECRET), or stop what uses the folder.`
  );
}

/**
 * Asks a running site as its administrator; otherwise like `fetch`, without redirects.
 * @param path `/api/v1/…`
 * @throws Error when nobody answers
 */
export function askSite(
  { url, headers, agent }: RunningSite,
  path: string,
  { method = 'GET', body, timeoutMs = 30_000 }: { method?: string; body?: unknown; timeoutMs?: number } = {}
): Promise<Response> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  const send = agent ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(`${url}${path}`, {
      method,
      agent,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        ...headers,
        ...(text !== undefined && { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) })
      }
    });
    request.once('error', reject);
    request.once('response', (answer) => {
      const status = answer.statusCode ?? 0;
      const isEmpty = status === 204 || status === 304;
      if (isEmpty) answer.resume();
      resolve(
        new Response(isEmpty ? null : (Readable.toWeb(answer) as ReadableStream), {
          status,
          headers: Object.entries(answer.headers).flatMap(([name, value]) =>
            [value ?? []].flat().map((one): [string, string] => [name, one])
          )
        })
      );
    });
    request.end(text);
  });
}

async function folderLock({ dataDir }: Config): Promise<() => boolean> {
  const { isLocked } = await import('../storage/sqlite/lock.ts');
  return () => {
    try {
      return isLocked(join(dataDir, 'vigil.db'));
    } catch (error) {
      throw new CommandFailed(
        `DATA_DIR (${dataDir}) cannot be looked into (${(error as Error).message}): run the command as the user of the server.`
      );
    }
  };
}

function siteAt(config: Config, secret: string): RunningSite {
  const { tls, insecureUseHttp } = config;
  return {
    running: true,
    url: localUrl(config),
    // the proxy that ends TLS is not asked, so its part is played here
    headers: { 'api-secret': sha1(secret), ...(!tls && !insecureUseHttp && { 'x-forwarded-proto': 'https' }) },
    ...(tls && { agent: new Agent({ rejectUnauthorized: false }) })
  };
}

/** Asked without the secret first: another program on this port learns nothing. */
async function isOurs(site: RunningSite): Promise<boolean> {
  try {
    const stranger = { ...site, headers: {} };
    const health = await askSite(stranger, '/healthz', { timeoutMs: ANSWER_MS });
    if (health.status !== 200 || ((await health.json()) as { status?: unknown }).status !== 'ok') return false;
    const answer = await askSite(site, '/api/v1/verifyauth', { timeoutMs: ANSWER_MS });
    const { message } = (await answer.json()) as { message?: Partial<VerifyAuth> };
    return message?.isAdmin === true && message.message === 'OK' && message.permissions === 'ROLE';
  } catch {
    return false;
  }
}
