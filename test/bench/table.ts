/** One case as measured: what was wanted, what each server did, and whether the target was met. */
export interface Row {
  readonly name: string;
  readonly target: string;
  /** Figure of each column, `4712/s`; absent: not measured there. */
  readonly figures: Readonly<Record<string, string>>;
  /** Ratios behind the verdict, `66 % of bare Express`. */
  readonly ratio?: string;
  /** Absent: watched only. */
  readonly met?: boolean | undefined;
}

/** A section of the results: heading, a sentence on how it was measured, rows. */
export interface Section {
  readonly title: string;
  readonly method: string;
  readonly rows: Row[];
}

const verdict = (met: boolean | undefined): string => (met === undefined ? '' : met ? 'yes' : '**no**');

/** The section as Markdown; columns are those that any row has a figure for, in order of appearance. */
export function render({ title, method, rows }: Section): string {
  const columns = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const withRatio = rows.some(({ ratio }) => ratio !== undefined);
  const head = ['case', 'target', ...columns, ...(withRatio ? ['ratio'] : []), 'met'];
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    method,
    '',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(({ name, target, figures, ratio, met }) =>
      line([name, target, ...columns.map((c) => figures[c] ?? '–'), ...(withRatio ? [ratio ?? ''] : []), verdict(met)])
    ),
    ''
  ].join('\n');
}
