import { isDated, type MoveName } from '../move/names.ts';
import { isWithin, type Range } from '../move/times.ts';
import type { Storage, Stored } from '../storage/port.ts';
import type { Filter } from '../storage/query.ts';

const DAY = 86_400_000;

/** The documents of a collection, oldest stored first; in a range of time those that lie in it, small collections always as a whole. */
export async function* select(storage: Pick<Storage, 'find'>, name: MoveName, range: Range): AsyncIterable<Stored[]> {
  const isCut = isDated(name) && (range.from !== undefined || range.to !== undefined);
  for await (const batch of storage.find(name, { filter: isCut ? near(name, range) : {} })) {
    const found = isCut ? batch.filter(({ doc }) => isWithin(name, doc, range)) : batch;
    if (found.length > 0) yield found;
  }
}

/** What an index can tell; texts of times may stand a day from their instant. */
function near(name: MoveName, { from = -DAY * 366 * 1900, to = DAY * 366 * 8000 }: Range): Filter {
  const texts = { $gte: iso(from - DAY), $lte: iso(to + DAY) };
  const numbers = { $gte: from, $lt: to };
  if (name === 'entries') return { $or: [{ date: numbers }, { date: { $exists: false } }, { date: { $gte: '' } }] };
  return { $or: [{ created_at: texts }, { created_at: numbers }, { created_at: { $exists: false } }] };
}

/** Of four digits for the year, so that texts stand in the order of time. */
const iso = (ms: number): string => new Date(Math.min(Math.max(ms, -62_135_596_800_000), 253_402_300_799_999)).toISOString();
