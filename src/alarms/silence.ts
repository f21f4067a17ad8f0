/** How long an acknowledged alarm stays silent unless somebody says otherwise, ms. */
const USUAL = 30 * 60_000;
/** The longest silence one acknowledgement can ask for, ms: no typing error may switch alarms off for good. */
const LONGEST = 24 * 3_600_000;

/**
 * How long to stay silent, ms, from whatever a client sent: a number, or the text of one. Absent, zero and nonsense mean half
 * an hour, as in the reference.
 */
export function silenceOf(asked: unknown): number {
  const ms = typeof asked === 'string' || typeof asked === 'number' ? Number(asked) : Number.NaN;
  return ms > 0 ? Math.min(ms, LONGEST) : USUAL;
}
