import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { freeBytes, readableSize } from '../../backup/files.ts';
import { type DoctorCheck, type Finding, warning, well, wrong } from '../finding.ts';

/** The folder, or the nearest one above it that is there: it would be made in that. */
async function nearest(folder: string): Promise<string> {
  const path = resolve(folder);
  if (await stat(path).catch(() => undefined)) return path;
  return dirname(path) === path ? path : nearest(dirname(path));
}

const WRITABLE_FIX = 'Make DATA_DIR a folder the user of the server may write to, on a disk that is not read-only.';

/** Whether the server can keep things, for nobody else to read, with room to spare. */
export const dataFolder: DoctorCheck = {
  id: 'data-folder',
  async run({ config: { dataDir, diskWarnBytes } }) {
    const folder = await nearest(dataDir);
    const isThere = folder === resolve(dataDir);
    const found: Omit<Finding, 'check'>[] = [];
    try {
      await access(folder, constants.W_OK | constants.X_OK);
      found.push(well(isThere ? `${folder} can be written.` : `${resolve(dataDir)} will be made at the first start.`));
    } catch {
      found.push(wrong(`${folder} cannot be written.`, WRITABLE_FIX));
    }
    const free = await freeBytes(folder);
    const room = `${readableSize(free)} are free on the disk of ${folder}`;
    if (free < diskWarnBytes)
      found.push(
        warning(
          `${room}, less than DISK_WARN_MB.`,
          'Make room: uploads are refused on a full disk. Old backups and logs go first.'
        )
      );
    else found.push(well(`${room}.`));
    for (const name of ['api-secret', 'jwt-secret']) {
      const file = join(folder, name);
      const info = await stat(file).catch(() => undefined);
      if (!info || process.platform === 'win32') continue;
      if ((info.mode & 0o077) !== 0)
        found.push(
          wrong(`Other users of this machine can read ${file}.`, `chmod 600 ${file}; if they may have, take a new secret.`)
        );
      else if (
        !(await access(file, constants.R_OK).then(
          () => true,
          () => false
        ))
      )
        found.push(wrong(`${file} cannot be read.`, 'Run the server as the user it belongs to, or change its owner.'));
      else found.push(well(`${name} is readable for its owner only.`));
    }
    return found;
  }
};
