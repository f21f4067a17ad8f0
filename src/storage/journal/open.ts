import { accessSync, constants, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../../config/config.ts';
import { openStorage } from '../open.ts';
import type { Storage } from '../port.ts';

type OnTrouble = (sentence: string | undefined) => void;

/**
 * The store of a running server: the one of the settings, and before a MongoDB the journal that takes writes while it is away. One
 * process per folder: commands beside the server open the bare store. Of several processes of one site none has a journal,
 * because none would know what the others keep.
 * @param deps.now the clock, epoch ms
 * @param deps.onTrouble hears sentences for administrators; undefined when all is well again
 * @throws as {@link openStorage}; a folder that cannot be used is a warning
 */
export async function openServerStorage(
  config: Config,
  { log, now, onTrouble }: { log: Logger; now: () => number; onTrouble?: OnTrouble }
): Promise<Storage> {
  const { mongo, journal } = config;
  if (!mongo || !journal.folder || config.redisUrl !== undefined) return openStorage(config, log, onTrouble, now);
  const name = databaseName(mongo.uri);
  const folder = join(journal.folder, name);
  let copy: Storage;
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK);
    copy = await openCopy(join(folder, 'shadow.db'), log);
  } catch (error) {
    log.warn(
      { folder, reason: (error as Error).message },
      'JOURNAL_DIR cannot be used: while MongoDB is away, uploads are refused'
    );
    return openStorage(config, log, onTrouble, now);
  }
  for (const other of strangers(journal.folder, name))
    log.warn({ folder: other }, 'uploads wait here for another database; they are brought over when MONGODB_URI names it again');
  const [{ createMongoStorage }, { createJournaledStorage }] = await Promise.all([
    import('../mongo/mongo.ts'),
    import('./journal.ts')
  ]);
  return createJournaledStorage(
    (onReach) => createMongoStorage(mongo, { log, onTrouble: (sentence) => onReach(sentence === undefined) }),
    { folder, copy, maxBytes: journal.maxBytes, now, log, onTrouble }
  );
}

/** The copy can be made anew at any time, so one that cannot be opened goes. */
async function openCopy(file: string, log: Logger): Promise<Storage> {
  const { createSqliteStorage } = await import('../sqlite/sqlite.ts');
  try {
    return createSqliteStorage({ file });
  } catch (error) {
    log.warn({ reason: (error as Error).message }, 'the copy of the recent past cannot be opened and is made anew');
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true });
    return createSqliteStorage({ file });
  }
}

/** Two databases must not share a journal; servers and passwords may change. */
function databaseName(uri: string): string {
  const [, path = ''] = /^mongodb(?:\+srv)?:\/\/[^/?]+\/([^?]*)/.exec(uri) ?? [];
  return path.replace(/[^\w%-]/g, '_') || 'test';
}

/** Folders of other databases in which writes wait. */
function strangers(folder: string, own: string): string[] {
  return readdirSync(folder)
    .filter((name) => name !== own)
    .map((name) => join(folder, name))
    .filter((path) => existsSync(join(path, 'queue.ndjson')) && statSync(join(path, 'queue.ndjson')).size > 0);
}
