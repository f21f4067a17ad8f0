import type { Outcome } from './check.ts';
import type { Report } from './verify.ts';

const MARKS: Readonly<Record<Outcome['result'], string>> = { ok: 'ok', failed: 'FAILED', skipped: 'skipped' };

/** A report for people, line by line. */
export function reportLines({ url, server, outcomes, apps, passed, of, latency }: Report): string[] {
  const width = Math.max(...outcomes.map(({ id }) => id.length));
  const wide = Math.max(...apps.map(({ app }) => app.length));
  const skipped = outcomes.length - of;
  return [
    `${url}: ${server}`,
    '',
    ...outcomes.flatMap(({ id, title, result, reason, remarks }) => [
      `  ${MARKS[result].padEnd(7)}  ${id.padEnd(width)}  ${title}`,
      ...(reason === undefined ? [] : [`           ${''.padEnd(width)}  → ${reason}`]),
      ...remarks.map((remark) => `           ${''.padEnd(width)}  remark: ${remark}`)
    ]),
    '',
    ...apps.flatMap(({ app, verdict, reasons }) => [
      `  ${app.padEnd(wide)}  ${verdict}`,
      ...reasons.map((reason) => `  ${''.padEnd(wide)}    ${reason}`)
    ]),
    '',
    `Answers took ${latency.median} ms (95 %: ${latency.p95} ms, longest: ${latency.max} ms).`,
    `${passed} of ${of} checks passed${skipped > 0 ? `, ${skipped} skipped` : ''}.`
  ];
}
