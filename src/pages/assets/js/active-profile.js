const MINUTE = 60_000;

/**
 * The profile in force: the one of the newest profile switch that has not run out, else the default of the newest record.
 * @param record newest profile document, or null
 * @param switches profile switch treatments
 * @param now epoch ms
 * @returns `{ name, values?, since?, percentage?, isScaled?, timeshift? }`, since in epoch ms, timeshift in hours, isScaled where the
 *   percentage changes the values; undefined without any profile
 */
export function activeProfile(record, switches, now) {
  const timed = switches
    .map((treatment) => ({ ...treatment, mills: startOf(treatment) }))
    .filter(({ mills, profile }) => mills <= now && typeof profile === 'string')
    .sort((a, b) => b.mills - a.mills);
  const current = timed.find(({ mills, duration }) => !(Number(duration) > 0) || mills + Number(duration) * MINUTE > now);
  // a new record replaces what an older switch chose only where it says so: the name stays, its values may be new
  const name = current?.profile ?? record?.defaultProfile;
  if (!name) return undefined;
  return {
    name,
    values: parsed(current?.profileJson) ?? record?.store?.[name],
    ...(current && { since: current.mills }),
    ...(differs(current?.percentage, 100) && { percentage: Number(current.percentage) }),
    ...(current?.CircadianPercentageProfile && { isScaled: true }),
    ...(differs(current?.timeshift, 0) && { timeshift: Number(current.timeshift) })
  };
}

const startOf = ({ mills, date, created_at }) => mills ?? (typeof date === 'number' ? date : Date.parse(created_at));
const differs = (value, usual) =>
  value !== undefined && value !== null && Number.isFinite(Number(value)) && Number(value) !== usual;

function parsed(json) {
  try {
    const value = typeof json === 'string' ? JSON.parse(json) : undefined;
    return value !== null && typeof value === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The rows of a schedule, `[{ time, value }]`, also where it is a single number. */
export function schedule(value) {
  if (Array.isArray(value))
    return value.map(({ time, value: amount }) => ({ time: String(time ?? ''), value: String(amount ?? '') }));
  return value === undefined || value === null || value === '' ? [] : [{ time: '00:00', value: String(value) }];
}

/** U per day of a basal schedule; undefined when a line cannot be read. */
export function basalPerDay(basal) {
  const steps = schedule(basal)
    .map(({ time, value }) => ({ minute: minuteOf(time), rate: Number(value) }))
    .sort((a, b) => a.minute - b.minute);
  if (steps.length === 0 || steps.some(({ minute, rate }) => Number.isNaN(minute) || Number.isNaN(rate))) return undefined;
  const total = steps.reduce((sum, { minute, rate }, at) => sum + rate * ((steps[at + 1]?.minute ?? 1440) - minute), 0);
  return Math.round((total / 60) * 100) / 100;
}

/** Minutes since midnight of a time `HH:MM`; NaN for anything else. */
export function minuteOf(time) {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(time) ?? [];
  return Number(hours) * 60 + Number(minutes);
}
