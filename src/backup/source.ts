import { join } from 'node:path';
import type { Config } from '../config/config.ts';

/** What is backed up: the file itself, or a database that is read through the port. Plain data: it travels between processes. */
export type BackupSource =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'mongodb'; readonly mongo: NonNullable<Config['mongo']> };

/** Path of the database file in the data folder. */
const databaseFile = ({ dataDir }: Pick<Config, 'dataDir'>): string => join(dataDir, 'vigil.db');

/** The store of a site, as a source of backups. */
export const sourceOf = (config: Config): BackupSource =>
  config.mongo ? { kind: 'mongodb', mongo: config.mongo } : { kind: 'sqlite', file: databaseFile(config) };
