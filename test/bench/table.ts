/** One case as measured: what was wanted, what each server did, and whether the target was met. */
export interface Row {
  readonly name: string;
  readonly target: string;
  /** Figure of each column, `4712/s`; absent: not measured there. */
  readonly figures: Readonly<Record<string, string>>;
  /** What the verdict rests on, of each column, `66 %`. */
  readonly ratios?: Readonly<Record<string, string>>;
  /** Verdict of each column; absent: watched only. */
  readonly met?: Readonly<Record<string, boolean>> | undefined;
}

/** A section of the results: heading, a sentence on how it was measured, rows. */
export interface Section {
  readonly title: string;
  readonly method: string;
  readonly rows: readonly Row[];
}

/** Verdicts on one's own columns; other servers are there to be compared with. */
export const verdicts = <T>(
  byColumn: Readonly<Record<string, T>>,
  isMet: ((value: T, column: string) => boolean) | undefined
): Row['met'] =>
  isMet &&
  Object.fromEntries(
    Object.entries(byColumn)
      .filter(([column]) => column.startsWith('Vigil'))
      .map(([column, value]) => [column, isMet(value, column)])
  );

export const mapped = <T, U>(record: Readonly<Record<string, T>>, map: (value: T, column: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([column, value]) => [column, map(value, column)]));

const short = (column: string): string => column.replace(/^Vigil, /, '');
const word = (met: boolean): string => (met ? 'yes' : '**no**');

function verdictText(met: Row['met']): string {
  const verdicts = Object.entries(met ?? {});
  if (new Set(verdicts.map(([, one]) => one)).size <= 1) return verdicts[0] ? word(verdicts[0][1]) : '';
  return verdicts.map(([column, one]) => `${short(column)} ${word(one)}`).join(', ');
}

const ratioText = (ratios: Row['ratios']): string =>
  Object.entries(ratios ?? {})
    .map(([column, ratio]) => `${short(column)} ${ratio}`.trim())
    .join('<br>');

/** The section as Markdown; columns are those that any row has a figure for, in order of appearance. */
export function render({ title, method, rows }: Section): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const withRatio = rows.some(({ ratios }) => ratios !== undefined);
  const head = ['case', 'target', ...columns, ...(withRatio ? ['ratio'] : []), 'met'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    method,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ name, target, figures, ratios, met }) =>
      line([name, target, ...columns.map((c) => figures[c] ?? '–'), ...(withRatio ? [ratioText(ratios)] : []), verdictText(met)])
    ),
    ''
  ].join('\n');
}
