import type { Audit } from './audit.ts';
import type { Abilities } from './callers.ts';
import { type Finding, SEVERITIES } from './finding.ts';
import type { OutsideView } from './outside.ts';

/** An audit for people, line by line. */
export function auditLines({ abilities, findings }: Audit): string[] {
  return ['Who may what', ...abilities.flatMap(callerLines), '', ...findingLines(findings)];
}

/** What was seen from outside, for people. */
export function outsideLines({ url, seen, findings }: OutsideView): string[] {
  return [
    `${url}, seen by a stranger`,
    ...Object.entries(seen).map(([what, found]) => `  ${what}: ${found}`),
    '',
    ...findingLines(findings)
  ];
}

function callerLines({ caller, kind, note, reads, changes, more, sockets, routes, of }: Abilities): string[] {
  const title = kind === 'default role' || kind === 'subject' ? `${kind} ${caller}` : caller;
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['reads', reads],
    ...Object.entries(changes).map(([verb, nouns]) => [`may ${verb}`, nouns] as const),
    ['further rights', more],
    ['sockets', sockets]
  ];
  return [
    '',
    `  ${title}${note ? ` (${note})` : ''}: ${routes.length} of ${of} routes`,
    ...lines.filter(([, items]) => items.length > 0).map(([what, items]) => `    ${what}: ${items.join(', ')}`)
  ];
}

function findingLines(findings: readonly Finding[]): string[] {
  if (findings.length === 0) return ['No risks were found.'];
  const counts = SEVERITIES.map((severity) => [severity, findings.filter((one) => one.severity === severity).length] as const);
  return [
    'Risks',
    ...findings.flatMap(({ severity, risk, fix }) => ['', `  ${severity.toUpperCase()}: ${risk}`, `    → ${fix}`]),
    '',
    counts
      .filter(([, count]) => count > 0)
      .map(([severity, count]) => `${count} ${severity}`)
      .join(', ')
  ];
}
