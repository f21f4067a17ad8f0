import { resolve } from 'node:path';
import { runAside } from '../aside/run-aside.ts';
import type { Config } from '../config/config.ts';
import { CHECKED_AT_ONCE, findDamage } from '../storage/sqlite/check.ts';
import { listBackups } from './names.ts';

/**
 * How to get a site back: names the newest backup that is whole (each is looked at, from the newest on) and what to type.
 * @returns one or two sentences; never throws
 */
export async function restoreAdvice({ backup: { dir }, dataDir }: Pick<Config, 'backup' | 'dataDir'>): Promise<string> {
  const found = await listBackups(dir).catch(() => []);
  for (const { file, bytes } of found) {
    const damage =
      bytes <= CHECKED_AT_ONCE ? findDamage(file) : await runAside('check', { file }).catch((error: Error) => error.message);
    if (damage !== undefined) continue;
    return `The newest good backup is ${resolve(file)}. To go back to it, stop the server and run: DATA_DIR=${resolve(dataDir)} vigil restore ${resolve(file)}`;
  }
  return found.length > 0
    ? `None of the ${found.length} backups in ${resolve(dir)} is whole.`
    : `There is no backup in ${resolve(dir)}; if there is one elsewhere, run: DATA_DIR=${resolve(dataDir)} vigil restore FILE`;
}
