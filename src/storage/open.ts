import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Storage } from './port.ts';

/**
 * The store the settings ask for: MongoDB when a URI is set, else SQLite in the data folder. The driver of the other one is
 * never loaded.
 * @param onTrouble hears a sentence when the database goes out of reach, is damaged or cannot be written, undefined when it is well again
 * @param now the clock of a server, epoch ms; commands beside it have none, and archive nothing
 * @throws Error with a sentence for people when the SQLite file cannot be used; a MongoDB that is away is waited for instead
 */
export async function openStorage(
  config: Config,
  log: Logger,
  onTrouble?: (sentence: string | undefined) => void,
  now?: () => number
): Promise<Storage> {
  if (config.mongo) {
    const { createMongoStorage } = await import('./mongo/mongo.ts');
    return createMongoStorage(config.mongo, { log, ...(onTrouble && { onTrouble }) });
  }
  const { openDatabaseFile } = await import('./sqlite/open-file.ts');
  return openDatabaseFile(join(config.dataDir, 'vigil.db'), {
    log,
    onTrouble,
    now,
    advice: async () => (await import('../backup/advice.ts')).restoreAdvice(config),
    hasBackups: async () => (await (await import('../backup/names.ts')).listBackups(config.backup.dir).catch(() => [])).length > 0
  });
}
