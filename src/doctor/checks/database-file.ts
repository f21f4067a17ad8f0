import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { runAside } from '../../aside/run-aside.ts';
import { restoreAdvice } from '../../backup/advice.ts';
import { readableSize } from '../../backup/files.ts';
import { listBackups } from '../../backup/names.ts';
import { CHECKED_AT_ONCE, findDamage } from '../../storage/sqlite/check.ts';
import { type DoctorCheck, warning, well, wrong } from '../finding.ts';

/** Whether the database file is whole; read only, also while a server uses it. */
export const databaseFile: DoctorCheck = {
  id: 'database-file',
  async run({ config }) {
    if (config.mongo) return [];
    const file = join(config.dataDir, 'vigil.db');
    const info = await stat(file).catch(() => undefined);
    if (!info) {
      const backups = await listBackups(config.backup.dir).catch(() => []);
      if (backups.length === 0) return [well(`${file} will be made at the first start.`)];
      return [warning(`There is no ${file}, but there are backups: is DATA_DIR right?`, await restoreAdvice(config))];
    }
    if (info.size === 0) return [wrong(`${file} is empty, 0 bytes.`, await restoreAdvice(config))];
    const damage = info.size <= CHECKED_AT_ONCE ? findDamage(file) : await runAside('check', { file });
    if (damage) return [wrong(`${file} is damaged: ${damage}.`, await restoreAdvice(config))];
    return [well(`${file} is whole (${readableSize(info.size)}).`)];
  }
};
