import type { Bus } from '../bus/bus.ts';

/** What the disk and the database say, for administrators. */
export interface TroubleNotes {
  /** @param sentence what is wrong; undefined: it is over */
  database(sentence: string | undefined): void;
  /** @param free bytes left on the disk of the data folder; undefined: there is room again */
  disk(free: number | undefined): void;
  /** What was said before anybody listened is said now. */
  open(): void;
}

/** Tells the bus, but nothing before {@link TroubleNotes.open}: a database is opened before the list of notices is there. */
export function createTroubleNotes(bus: Bus, folder: string): TroubleNotes {
  let waiting: { title: string; message: string }[] | undefined = [];
  let troubled = false;

  function tell(title: string, message: string): void {
    if (waiting) waiting.push({ title, message });
    else bus.publish('admin-notify', { title, message });
  }

  return {
    database(sentence) {
      if (sentence !== undefined) tell('Database trouble', sentence);
      else if (troubled) tell('Database works again', 'The database takes uploads again.');
      troubled = sentence !== undefined;
    },
    disk(free) {
      if (free === undefined) tell('Disk has room again', `There is room again on the disk with ${folder}.`);
      else
        tell(
          'Disk nearly full',
          `Only ${Math.round(free / 1024 / 1024)} MB are free on the disk with ${folder}. When it is full, uploads are refused. Make room, or let old data go (see BACKUP_KEEP and the *_KEEP_DAYS settings).`
        );
    },
    open() {
      for (const note of waiting?.splice(0) ?? []) bus.publish('admin-notify', note);
      waiting = undefined;
    }
  };
}
