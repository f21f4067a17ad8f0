export type Severity = 'high' | 'medium' | 'low';

/** A risk, and what to do about it. Holds no secret. */
export interface Finding {
  /** For scripts: `weak-secret`. */
  readonly id: string;
  readonly severity: Severity;
  /** What is so. */
  readonly risk: string;
  /** What to do: names the setting. */
  readonly fix: string;
}

export const SEVERITIES: readonly Severity[] = ['high', 'medium', 'low'];

export const finding = (severity: Severity, id: string, risk: string, fix: string): Finding => ({ id, severity, risk, fix });

/** Gravest first. */
export const bySeverity = (findings: readonly Finding[]): Finding[] =>
  [...findings].sort((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
