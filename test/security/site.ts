import { mkdtempSync, rmSync } from 'node:fs';
import { createServer as createHttp } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sha1 } from '../../src/access/digest.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createLogger } from '../../src/observe/logger.ts';
import { createServer, type Server } from '../../src/server.ts';
import { formsOf, HEALTH, HEALTH_TEXTS, secretSettings, secretTexts } from './planted.ts';

export const ENABLE =
  'careportal iob cob bwp cage sage iage bage basal bolus pump openaps loop rawbg upbat xdripjs override dbsize cors alexa googlehome pushover maker bridge mmconnect connect speech';

/** A site full of planted secrets and readings, and everything it logged. */
export interface PlantedSite {
  readonly server: Server;
  readonly url: string;
  /** As the log file would show them. */
  readonly log: string[];
  /** Secrets in plain: those of the settings, and the tokens made here. */
  readonly secrets: readonly string[];
  /** Every form of those. */
  readonly secretForms: readonly string[];
  /** Those and whatever was measured or written. */
  readonly everything: readonly string[];
  /** Tokens by role of their subject. */
  readonly tokens: Readonly<Record<'admin' | 'readable', string>>;
  readonly headers: { readonly 'api-secret': string };
  close(): Promise<void>;
}

/** Somebody else's service that fails and repeats what it was told: the worst thing to log. */
async function startSink(): Promise<{ url: string; close: () => Promise<void> }> {
  const sink = createHttp(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    response.writeHead(request.url?.includes('glances') ? 401 : 503);
    response.end(JSON.stringify({ url: request.url, headers: request.headers, body }));
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(sink.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        sink.close(() => resolve());
        sink.closeAllConnections();
      })
  };
}

export async function plantedSite(env: Record<string, string>): Promise<PlantedSite> {
  const dataDir = mkdtempSync(join(tmpdir(), 'vigil-planted-'));
  const sink = await startSink();
  const settings = secretSettings(sink.url);
  const log: string[] = [];
  const config = readConfig({
    HOSTNAME: '127.0.0.1',
    INSECURE_USE_HTTP: 'true',
    AUTH_FAIL_DELAY: '0',
    RATE_LIMIT_WRONG_CREDENTIALS: '0',
    RATE_LIMIT_SEARCHES: '0',
    RATE_LIMIT_LARGE_ANSWERS: '0',
    DATA_DIR: dataDir,
    ENABLE,
    LOG_LEVEL: 'debug',
    PUSHOVER_URL: sink.url,
    MAKER_URL: sink.url,
    APNS_URL: sink.url,
    ...settings,
    ...env
  });
  log.push(...config.warnings);
  const logger = createLogger('debug', { write: (line: string) => void log.push(line) });
  const server = await createServer({ ...config, port: 0 }, { log: logger });
  const { access } = server.services;
  const tokens = { admin: '', readable: '' };
  for (const role of ['admin', 'readable'] as const) {
    await access.admin.subjects.create({ name: `planted ${role}`, roles: [role] });
    tokens[role] = access.admin.subjects.list().find(({ name }) => name === `planted ${role}`)!.accessToken;
  }
  const headers = { 'api-secret': sha1(settings.API_SECRET!) };
  await fill(server.url, headers, tokens.admin);
  const secrets = [...secretTexts(settings), ...Object.values(tokens)];
  const secretForms = secrets.flatMap(formsOf);
  return {
    server,
    url: server.url,
    log,
    secrets,
    secretForms,
    everything: [...HEALTH_TEXTS, ...secretForms],
    tokens,
    headers,
    async close() {
      await server.close();
      await sink.close();
      rmSync(dataDir, { recursive: true, force: true });
    }
  };
}

const MINUTE = 60_000;

async function fill(url: string, headers: Record<string, string>, adminToken: string): Promise<void> {
  const now = Date.now();
  const iso = (minutes: number): string => new Date(now - minutes * MINUTE).toISOString();
  const post = async (path: string, body: unknown, more: Record<string, string> = headers) => {
    const answer = await fetch(url + path, {
      method: 'POST',
      headers: { ...more, 'content-type': 'application/json' },
      body: JSON.stringify(body)
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const { device, enteredBy, notes } = HEALTH;
  await post(
    '/api/v1/entries.json',
    [0, 5, 10, 15, 20].map((n) => ({
      type: 'sgv',
      sgv: HEALTH.sgv,
      direction: 'Flat',
      device,
      date: now - n * MINUTE,
      dateString: iso(n)
    }))
  );
  await post('/api/v1/treatments.json', [
    { eventType: 'Meal Bolus', insulin: HEALTH.insulin, carbs: HEALTH.carbs, notes, enteredBy, created_at: iso(12) },
    { eventType: 'Announcement', isAnnouncement: true, notes: `${notes} announced`, enteredBy, created_at: iso(1) }
  ]);
  await post('/api/v1/devicestatus.json', {
    device,
    created_at: iso(2),
    loop: { iob: { iob: HEALTH.iob, timestamp: iso(2) }, timestamp: iso(2), name: 'Loop', version: '1' }
  });
  const block = [{ time: '00:00', value: HEALTH.basal, timeAsSeconds: 0 }];
  await post('/api/v1/profile.json', {
    defaultProfile: HEALTH.profile,
    startDate: iso(600),
    units: 'mg/dl',
    store: {
      [HEALTH.profile]: {
        dia: 5,
        carbratio: block,
        sens: block,
        basal: block,
        target_low: block,
        target_high: block,
        units: 'mg/dl'
      }
    },
    loopSettings: { deviceToken: 'plantedloopdevice', bundleIdentifier: 'org.planted.Loop' }
  });
  await post('/api/v1/food.json', { type: 'food', name: HEALTH.foodName, carbs: HEALTH.food, portion: 10, unit: 'g' });
  await post('/api/v1/activity.json', { created_at: iso(3), steps: HEALTH.steps });
  const exchanged = (await (await fetch(`${url}/api/v2/authorization/request/${adminToken}`)).json()) as { token: string };
  await post(
    '/api/v3/settings',
    { identifier: 'planted', app: 'planted', date: now, utcOffset: 0, secretOfMine: HEALTH.setting },
    { authorization: `Bearer ${exchanged.token}` }
  );
}
