import express from 'express';
import pino from 'pino';
import request from 'supertest';
import { errorRenderer, notFound } from '../../src/http/errors.ts';
import { pebble } from '../../src/http/pebble.ts';
import { extension } from '../../src/http/v1/extension.ts';
import { ddata } from '../../src/http/v2/ddata.ts';
import { properties } from '../../src/http/v2/properties.ts';
import { summary } from '../../src/http/v2/summary.ts';
import { createCurrent } from '../../src/plugins/current.ts';
import type { Services } from '../../src/services.ts';
import type { Doc, Storage } from '../../src/storage/port.ts';
import { liveData, settingsOf, T, type World } from '../plugins/kit.ts';

/** What the caller may do, what is stored, and a clock that can be set. */
export interface Site extends World {
  may?: (permission: string) => boolean;
  stored?: Record<string, Doc[]>;
}

/** The v2 readers and `/pebble` over a hand-made live state. */
export function siteOf(site: Site) {
  const clock = { now: site.time ?? T };
  const log: unknown[] = [];
  let data = liveData(site);
  const services = {
    config: {
      settings: settingsOf(site),
      extendedSettings: site.extended ?? {},
      trustProxy: 'none',
      devicestatusHours: 24,
      obscureDeviceProvenance: ''
    },
    log: { error: (...line: unknown[]) => log.push(line) },
    live: { data: () => data, state: () => site.state ?? 'loaded' },
    access: { resolve: async () => ({ kind: 'anonymous', may: site.may ?? (() => true) }) },
    storage: storageOf(site.stored ?? {}),
    now: () => clock.now
  } as unknown as Services;
  const current = createCurrent(services);
  const app = express();
  app.use('/api/v2', extension, properties(services, current), ddata(services), summary(services, current));
  app.use(pebble(services, current), notFound, errorRenderer(pino({ level: 'silent' })));
  return {
    get: (path: string) => request(app).get(path),
    head: (path: string) => request(app).head(path),
    post: (path: string) => request(app).post(path).send({}),
    current,
    clock,
    log,
    change: (next: World) => {
      data = liveData({ ...site, ...next });
    }
  };
}

/** A store that gives everything it has: what a frame holds is decided by its reader. */
function storageOf(stored: Record<string, Doc[]>): Pick<Storage, 'find' | 'sizes'> {
  return {
    async *find(collection) {
      yield (stored[collection] ?? []).map((doc) => ({ doc, json: JSON.stringify(doc) }));
    },
    sizes: async () => ({ dataSize: 1, indexSize: 2 })
  };
}
