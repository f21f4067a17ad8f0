import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listBackups } from '../../backup/names.ts';
import { type DoctorCheck, warning, well } from '../finding.ts';

const HOUR_MS = 3_600_000;

/** How old the newest backup is. */
export const backups: DoctorCheck = {
  id: 'backups',
  async run({ config: { backup, dataDir, mongo }, now }) {
    const [newest] = await listBackups(backup.dir);
    if (backup.everyMs === undefined)
      return [
        warning(
          'The server makes no backups by itself.',
          mongo ? 'BACKUP_EVERY: 24h, unless MongoDB is backed up otherwise.' : 'BACKUP_EVERY: leave it out.'
        )
      ];
    if (!newest) {
      const file = mongo ? undefined : await stat(join(dataDir, 'vigil.db')).catch(() => undefined);
      if (!mongo && (!file || now() - file.birthtimeMs < backup.everyMs)) return [well('The first backup is not due yet.')];
      return [
        warning(`There is no backup in ${backup.dir}.`, 'Run vigil backup; if that works, look into the log of the server.')
      ];
    }
    const hours = Math.round((now() - newest.at) / HOUR_MS);
    if (now() - newest.at > 2 * backup.everyMs)
      return [
        warning(
          `The newest backup in ${backup.dir} is ${hours} hours old.`,
          'Run vigil backup; if that works, look into the log of the server, or start it.'
        )
      ];
    return [well(`The newest backup is ${hours} hours old.`)];
  }
};
