import { cp } from 'node:fs/promises';
import { join } from 'node:path';

/** What is sent or read as it is: the pages' files, and the texts of the help. */
const FOLDERS = ['pages/assets', 'help'];

/** Lays the files that are sent as they are beside the compiled code, which looks for them there. */
export async function copySentFiles(root: string, dist: string): Promise<void> {
  for (const folder of FOLDERS)
    await cp(join(root, 'src', folder), join(dist, folder), { recursive: true, filter: (file) => !file.endsWith('.ts') });
}
