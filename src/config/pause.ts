import * as z from 'zod';

const UNITS: Readonly<Record<string, number>> = { '': 3_600_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 7 * 86_400_000 };
/** A shorter one would read the whole database without end. */
const SHORTEST_MS = 10 * 60_000;
const LONGEST_MS = 366 * 86_400_000;

/** A time between two runs, in ms: `24h`, `7d`, `90m`, `2w`, hours where no unit stands; `off` and `0` are 0. */
export const pauseSchema: z.ZodType<number | undefined, string> = z.string().transform((text, context) => {
  if (/^(off|false|none|never|0)$/i.test(text)) return 0;
  const [, amount = '', unit = ''] = /^(\d+(?:[.,]\d+)?)\s*([mhdw]?)$/i.exec(text) ?? [];
  const ms = Math.round(Number(amount.replace(',', '.')) * UNITS[unit.toLowerCase()]!);
  if (amount !== '' && ms >= SHORTEST_MS && ms <= LONGEST_MS) return ms;
  context.addIssue('a time from 10m to 366d, as 12h or 7d (a bare number counts hours), or off');
  return z.NEVER;
});
