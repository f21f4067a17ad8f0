import { cpSync } from 'node:fs';
import { BUILD, type Running, startProcess } from '../support/process.ts';
import type { Grounds } from './grounds.ts';
import { pinServer } from './pin.ts';
import type { Amount, Place } from './place.ts';
import { enter, type Site } from './site.ts';

/** How every measured Vigil runs: as a user's, with alarms that do not depend on the shape of the data. */
const ENV = {
  ENABLE: 'careportal iob cob simplealarms',
  ALARM_TYPES: 'simple',
  DISABLE: 'ar2 treatmentnotify',
  BACKUP_EVERY: 'off'
};

export const YEAR: Amount = { days: 365 };

/** A run that is broken off leaves no server behind. */
const children = new Set<Running['child']>();
process.on('exit', () => {
  for (const child of children) child.kill();
});

/** Starts a build over a place, on the core of the servers. */
export async function startVigil({ dataDir, env }: Place, build: readonly string[] = BUILD): Promise<Running> {
  return startProcess(build, dataDir, { ...ENV, ...env }, (child) => {
    children.add(child);
    child.once('exit', () => children.delete(child));
    pinServer(child.pid!);
  });
}

/** A server of the table: a column of its own. */
export interface Contender {
  readonly column: string;
  /** Starts it over its year of data. Absent: it is somebody else's. */
  readonly start?: () => Promise<Running>;
  readonly place?: Place;
}

/** A contender that runs, and the way into it. */
export interface Served {
  readonly site: Site;
  readonly running?: Running;
}

/**
 * Who is measured: Vigil on each store, and beside it another server. PEER_BUILD is `dist/main.js` of another build of Vigil, which
 * gets a copy of the year on SQLite; PEER_URL with PEER_SECRET any Nightscout server that runs already.
 */
export function contendersOf(grounds: Grounds): readonly Contender[] {
  const contenders: Contender[] = grounds.stores.map((store) => {
    const place = grounds.place(store, YEAR);
    return { column: `Vigil, ${store}`, place, start: () => startVigil(place) };
  });
  const { PEER_BUILD: build, PEER_URL: url } = process.env;
  if (build) {
    const place = grounds.empty('SQLite', 'peer');
    cpSync(grounds.place('SQLite', YEAR).dataDir, place.dataDir, { recursive: true });
    contenders.push({ column: 'peer', place, start: () => startVigil(place, [build]) });
  } else if (url) contenders.push({ column: 'peer' });
  return contenders;
}

/** Starts all of them and logs in. */
export async function serve(contenders: readonly Contender[]): Promise<Record<string, Served>> {
  const served: Record<string, Served> = {};
  try {
    for (const { column, start } of contenders) {
      const running = await start?.();
      const { PEER_URL: peer, PEER_SECRET: secret } = process.env;
      served[column] = running
        ? { running, site: await enter(running.url) }
        : { site: await enter(peer!.replace(/\/$/, ''), secret) };
    }
    return served;
  } catch (error) {
    await stopAll(served);
    throw error;
  }
}

export async function stopAll(served: Readonly<Record<string, Served>>): Promise<void> {
  for (const { running } of Object.values(served)) await running?.stop();
}
