import type { Finding } from './finding.ts';

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: 'ok', warning: 'warning', wrong: 'WRONG' };

/** Findings for people, line by line. */
export function doctorLines(findings: readonly Finding[]): string[] {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const count = (level: Finding['level']) => findings.filter((one) => one.level === level).length;
  return [
    ...findings.flatMap(({ check, level, sentence, fix }) => [
      `  ${MARKS[level].padEnd(7)}  ${check.padEnd(width)}  ${sentence}`,
      ...(fix === undefined ? [] : [`           ${''.padEnd(width)}  → ${fix}`])
    ]),
    '',
    `${count('wrong')} wrong, ${count('warning')} to think about, ${count('ok')} well.`
  ];
}
