import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readableSize } from '../../backup/files.ts';
import { type DoctorCheck, type Finding, warning, well } from '../finding.ts';

/** Uploads that were taken while MongoDB was away, and those it refused. */
export const journal: DoctorCheck = {
  id: 'journal',
  async run({ config: { mongo, journal: settings, redisUrl } }) {
    if (!mongo || redisUrl !== undefined) return [];
    if (!settings.folder)
      return [
        warning('While MongoDB is away, uploads are refused (JOURNAL_DIR=off).', 'JOURNAL_DIR: leave it out, or name a folder.')
      ];
    const names = await readdir(settings.folder).catch(() => []);
    const found: Omit<Finding, 'check'>[] = [];
    for (const name of names) {
      const folder = join(settings.folder, name);
      const waiting = await sizeOf(join(folder, 'queue.ndjson'));
      const rejected = await sizeOf(join(folder, 'rejected.ndjson'));
      if (waiting > 0)
        found.push(
          warning(
            `${readableSize(waiting)} of uploads wait in ${folder} for MongoDB.`,
            'They are brought over as soon as a server with this MONGODB_URI runs and the database is back.'
          )
        );
      if (rejected > 0)
        found.push(
          warning(
            `MongoDB has refused uploads; they are kept in ${join(folder, 'rejected.ndjson')}.`,
            'Look at why (each line says), enter by hand what is needed, then remove the file.'
          )
        );
    }
    return found.length > 0 ? found : [well(`Nothing waits in ${settings.folder}.`)];
  }
};

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0
  );
