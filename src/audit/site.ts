import { stat } from 'node:fs/promises';
import { sha1 } from '../access/digest.ts';
import { createDirectory, type Directory } from '../access/subjects.ts';
import type { Config } from '../config/config.ts';
import { knownSecret } from '../config/secret.ts';
import type { Doc } from '../storage/port.ts';
import { readStored } from './stored.ts';

/** What an audit looks at. */
export interface AuditedSite {
  readonly config: Config;
  /** Plain API secret; undefined: none was made yet. */
  readonly apiSecret: string | undefined;
  /** Subjects and their rights, as the server works them out. */
  readonly directory: Directory;
  readonly roleDocs: readonly Doc[];
  /** Permissions of the data folder; undefined where it has none. */
  readonly folderMode: number | undefined;
  /** TREATMENTS_AUTH is off: AUTH_DEFAULT_ROLES got a role it does not name. */
  readonly treatmentsAuthOff: boolean;
  /** Epoch ms. */
  readonly now: number;
}

/**
 * Reads what a site is made of, and changes nothing: neither a secret nor a database is made.
 * @throws Error with a sentence for people when the database is there but cannot be read
 */
export async function readSite(
  config: Config,
  { now, treatmentsAuthOff }: Pick<AuditedSite, 'now' | 'treatmentsAuthOff'>
): Promise<AuditedSite> {
  const apiSecret = await knownSecret(config);
  const { subjects, roles } = await readStored(config);
  // without a secret there are no tokens; the rights of subjects are the same
  const secretSha1 = sha1(apiSecret ?? '');
  const directory = createDirectory(subjects, roles, { secretSha1, defaultRoles: config.authDefaultRoles, now: () => now });
  const folder = config.mongo ? undefined : await stat(config.dataDir).catch(() => undefined);
  const folderMode = process.platform === 'win32' ? undefined : folder && folder.mode & 0o777;
  return { config, apiSecret, directory, roleDocs: roles, folderMode, treatmentsAuthOff, now };
}
