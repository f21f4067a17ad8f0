import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openMongo } from './mongo.ts';
import { type Amount, type Place, type Store, sqlitePlace } from './place.ts';
import { seedDays, topUp } from './seed.ts';
import { openTemplates } from './templates.ts';

/** Folders and databases of one run; `dispose` removes all of it. */
export interface Grounds {
  readonly stores: readonly Store[];
  /** The latest reading everywhere, epoch ms. */
  readonly end: number;
  /** The place that holds so much. */
  place(store: Store, amount: Amount): Place;
  /** A place without anything. */
  empty(store: Store, name: string): Place;
  /** For files of other servers. */
  readonly folder: string;
  dispose(): Promise<void>;
}

/**
 * Makes the places a run needs, each with the last days of a Loop user up to `end`, as a server would find it that has run all
 * that time.
 */
export async function prepareGrounds(amounts: readonly Amount[], end: number): Promise<Grounds> {
  const templates = openTemplates(end);
  const folder = mkdtempSync(join(tmpdir(), 'vigil-bench-'));
  const mongo = await openMongo(amounts, templates, folder);
  const stores: readonly Store[] = mongo ? ['SQLite', 'MongoDB'] : ['SQLite'];
  const places = new Map<string, Place>();

  const placeAt = (store: Store, name: string): Place => {
    const dataDir = join(folder, store, name);
    mkdirSync(dataDir, { recursive: true });
    return store === 'SQLite' ? sqlitePlace(dataDir) : mongo!.place(name, dataDir);
  };

  for (const amount of amounts) {
    const name = String(amount.days);
    await templates.make(`SQLite, ${name} days`, () => seedDays(sqlitePlace(templates.folderOf(name)), amount, templates.end));
    for (const store of stores) {
      const place = placeAt(store, name);
      if (store === 'SQLite') templates.copy(name, place.dataDir);
      await topUp(place, templates.end, end);
      places.set(`${store} ${name}`, place);
    }
  }
  return {
    stores,
    end,
    folder,
    place: (store, { days }) => places.get(`${store} ${days}`)!,
    empty: placeAt,
    async dispose() {
      await mongo?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  };
}
