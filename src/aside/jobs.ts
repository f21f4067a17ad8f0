import type { Restored } from '../backup/restore.ts';
import type { BackupDone, BackupOrder } from '../backup/write-backup.ts';
import type { Config } from '../config/config.ts';
import type { OnStep } from './step.ts';

type Mongo = NonNullable<Config['mongo']>;

/** Work that reads the whole database, by name: what it is told, and what it answers. */
export interface Jobs {
  /** Writes a verified backup. */
  readonly backup: { readonly order: BackupOrder; readonly result: BackupDone };
  /** Puts a backup in place of a database file. `at`: epoch ms, for the name of what is kept. */
  readonly restoreFile: {
    readonly order: { readonly backup: string; readonly file: string; readonly at: number };
    readonly result: Restored;
  };
  /** Puts a backup in place of what a MongoDB database holds. `replace`: whether it may hold something. */
  readonly restoreMongo: {
    readonly order: { readonly backup: string; readonly mongo: Mongo; readonly replace: boolean };
    readonly result: Restored;
  };
  /** Looks for damage in a database file: a sentence fragment about the first, or undefined. */
  readonly check: { readonly order: { readonly file: string }; readonly result: string | undefined };
}

export type JobName = keyof Jobs;

/** How each is done; the code of one is loaded when it is asked for. */
export const JOBS: {
  readonly [Name in JobName]: (order: Jobs[Name]['order'], onProgress: OnStep) => Promise<Jobs[Name]['result']>;
} = {
  backup: async (order, onProgress) => (await import('../backup/write-backup.ts')).writeBackup(order, onProgress),
  restoreFile: async (order, onProgress) => (await import('../backup/restore.ts')).restoreFile(order, onProgress),
  restoreMongo: async (order, onProgress) => (await import('../backup/restore.ts')).restoreMongo(order, onProgress),
  check: async ({ file }) => (await import('../storage/sqlite/check.ts')).findDamage(file)
};
