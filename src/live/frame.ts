import type { Config } from '../config/config.ts';
import type { Storage } from '../storage/port.ts';
import type { LiveData } from './live.ts';
import { load } from './load.ts';
import { Recent } from './recent.ts';
import { instant, millsOf } from './timed.ts';

/**
 * The state as it stood at an instant of the past: the same windows, ending there. Made from storage, apart from the live state.
 * @param at epoch ms
 * @throws Refusal of the storage
 */
export async function pastFrame(storage: Storage, config: Config, at: number): Promise<LiveData> {
  const recent = new Recent(config);
  await load(
    storage,
    config,
    at,
    (collection, doc) => {
      const timeless = collection === 'food' || collection === 'profile';
      const mills = collection === 'entries' ? instant(doc.date) : millsOf(doc);
      if (timeless || (mills !== undefined && mills <= at)) recent.put(collection, doc, at);
    },
    at
  );
  return recent.snapshot(at, await storage.sizes());
}
