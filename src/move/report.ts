import type { Counts } from './counts.ts';
import { MOVE_NAMES, type MoveName } from './names.ts';
import { WHATS, type What } from './verdict.ts';

/** Days and refusals that are listed for people; JSON has all of them. */
const MOST_DAYS = 31;
const MOST_REFUSED = 20;

const HEADINGS: Readonly<Record<What, string>> = {
  new: 'new',
  changed: 'changed',
  same: 'same',
  newer: 'kept',
  deleted: 'deleted',
  refused: 'refused'
};
const MEANINGS: Partial<Record<What, string>> = {
  newer: 'kept: what is here was changed later (or, of subjects and roles, differs) and stays.',
  deleted: 'deleted: deleted here later than it was changed there, and stays deleted.'
};

/** What an import has done, for people: a table of the collections, the days if they are few, and what was refused. */
export function importLines(counts: Counts, { dryRun }: { dryRun: boolean }): string[] {
  const names = MOVE_NAMES.filter((name) => counts.days[name]);
  if (names.length === 0) return ['Nothing was found.'];
  const used = WHATS.filter((what) => names.some((name) => counts.of(name)[what] > 0));
  const rows = names.map((name) => [name, ...used.map((what) => String(counts.of(name)[what])), spanOf(counts, name)]);
  const days = names.flatMap((name) =>
    Object.keys(counts.days[name]!)
      .sort()
      .map((day) => [day, name, ...used.map((what) => String(counts.days[name]![day]![what] ?? 0))])
  );
  return [
    ...(dryRun ? ['Nothing was written. An import would find:'] : []),
    ...table([['', ...used.map((what) => HEADINGS[what]), 'days'], ...rows]),
    ...used.flatMap((what) => MEANINGS[what] ?? []),
    ...(days.length <= MOST_DAYS
      ? ['', ...table([['', '', ...used.map((what) => HEADINGS[what])], ...days])]
      : ['The counts of each day are in the output of --json.']),
    ...refusedLines(counts)
  ];
}

function refusedLines(counts: Counts): string[] {
  const total = MOVE_NAMES.reduce((sum, name) => sum + counts.of(name).refused, 0);
  if (total === 0) return [];
  return [
    `Refused (${total}):`,
    ...counts.refused
      .slice(0, MOST_REFUSED)
      .map(({ collection, document, reason }) => `  ${collection} ${short(document)}: ${reason}`),
    ...(total > MOST_REFUSED ? [`  … and ${total - MOST_REFUSED} more (--json lists the first ${counts.refused.length})`] : [])
  ];
}

function spanOf(counts: Counts, name: MoveName): string {
  const days = Object.keys(counts.days[name]!)
    .filter((day) => day !== 'no date')
    .sort();
  if (days.length === 0) return '';
  return days.length === 1 ? days[0]! : `${days[0]} to ${days.at(-1)}`;
}

/** Names of documents are of strangers: no control characters, and not too long. */
const short = (text: string): string => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 60);

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number): boolean => rows.slice(1).some((row) => !/^\d*$/.test(row[column]!));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (isText(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))).join('  ')}`.trimEnd()
  );
}
