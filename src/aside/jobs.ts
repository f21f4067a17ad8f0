import type { BackupDone, BackupOrder } from '../backup/write-backup.ts';

/** Work that reads the whole database, by name: what it is told, and what it answers. */
export interface Jobs {
  /** Writes a verified backup. */
  readonly backup: { readonly order: BackupOrder; readonly result: BackupDone };
  /** Looks for damage in a database file: a sentence fragment about the first, or undefined. */
  readonly check: { readonly order: { readonly file: string }; readonly result: string | undefined };
}

export type JobName = keyof Jobs;

/** How each is done; the code of one is loaded when it is asked for. */
export const JOBS: { readonly [Name in JobName]: (order: Jobs[Name]['order']) => Promise<Jobs[Name]['result']> } = {
  backup: async (order) => (await import('../backup/write-backup.ts')).writeBackup(order, Date.now, () => {}),
  check: async ({ file }) => (await import('../storage/sqlite/check.ts')).findDamage(file)
};
