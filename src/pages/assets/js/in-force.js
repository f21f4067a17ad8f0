import { activeProfile } from './active-profile.js';
import { clock, glucose, unitOf } from './format.js';

const MINUTE = 60_000;
const MGDL_PER_MMOL = 18.01559;
/** Nobody measures so little in mg/dl. */
const SURELY_MMOL = 20;

/** The newest profile document, or null. */
export const newestProfile = ({ profiles }) => profiles.at(-1) ?? null;

/** Profile switches of the data. */
export const switchesOf = ({ treatments }) => treatments.filter(({ eventType }) => eventType === 'Profile Switch');

/** When a treatment ends, epoch ms; without end: Infinity. */
export const endOf = ({ mills, duration, durationType }) =>
  durationType === 'indefinite' ? Number.POSITIVE_INFINITY : mills + (Number(duration) || 0) * MINUTE;

/** The range a temp target or an override aims at, `{ low, high }` in mg/dl; undefined when it has none. */
export function aimOf({ targetBottom, targetTop, units, correctionRange }) {
  const [low, high] = (Array.isArray(correctionRange) ? correctionRange : [targetBottom, targetTop]).map(Number);
  if (!(low > 0) || !(high > 0)) return undefined;
  const factor = units === 'mmol' || high < SURELY_MMOL ? MGDL_PER_MMOL : 1;
  return { low: low * factor, high: high * factor };
}

/** Temp targets or overrides, each ending where the next one of its kind begins. @returns `[{ mills, end, treatment }]` */
export function spans(treatments, kind) {
  const own = treatments.filter(({ eventType }) => kind.test(String(eventType))).sort((a, b) => a.mills - b.mills);
  return own
    .map((treatment, at) => ({
      mills: treatment.mills,
      end: Math.min(endOf(treatment), own[at + 1]?.mills ?? Number.POSITIVE_INFINITY),
      treatment
    }))
    .filter(({ mills, end }) => end > mills);
}

export const TARGET = /^temporary target/i;
export const OVERRIDE = /^temporary override/i;

/**
 * What holds now besides the ordinary: the profile, an override, a temp target.
 * @returns pills, see pills.js
 */
export function inForce({ data, properties, status, now }) {
  const { units, timeFormat } = status.settings;
  const until = (end) => (Number.isFinite(end) ? `until ${clock(end, timeFormat)}` : 'until changed');
  const current = (kind) => spans(data.treatments, kind).findLast(({ mills, end }) => mills <= now && end > now);
  const aim = (range) =>
    range && `${[...new Set([range.low, range.high].map((mgdl) => glucose(mgdl, units)))].join('–')} ${unitOf(units)}`;
  const override = overrideOf(properties.loop?.lastOverride, now) ?? fromTreatment(current(OVERRIDE));
  const target = current(TARGET);
  const profile = activeProfile(newestProfile(data), switchesOf(data), now);
  return [
    override && {
      name: 'Override',
      value: [override.name, override.percent && `${override.percent} %`].filter(Boolean).join(' ') || 'On',
      note: [aim(override.aim), until(override.end)].filter(Boolean).join(', ')
    },
    target && {
      name: 'Temp target',
      value: aim(aimOf(target.treatment)) ?? 'On',
      note: [target.treatment.reason, until(target.end)].filter(Boolean).join(', ')
    },
    profile && {
      name: 'Profile',
      // generated names carry the time of their switch
      value: String(profile.name).replace(/@@@@@\d+$/, ''),
      note: [profile.percentage && `${profile.percentage} %`, profile.timeshift && `shifted by ${profile.timeshift} h`]
        .filter(Boolean)
        .join(', ')
    }
  ].filter(Boolean);
}

/** Loop says itself what it does; its durations are seconds. */
function overrideOf(last, now) {
  if (!last?.active) return undefined;
  const end = Number(last.duration) > 0 ? Date.parse(last.moment) + Number(last.duration) * 1000 : Number.POSITIVE_INFINITY;
  if (end <= now) return undefined;
  const { minValue, maxValue } = last.currentCorrectionRange ?? {};
  return {
    name: last.name,
    percent: percentOf(last.multiplier),
    aim: aimOf({ targetBottom: minValue, targetTop: maxValue }),
    end
  };
}

const fromTreatment = (span) =>
  span && {
    name: span.treatment.reason ?? span.treatment.notes,
    percent: percentOf(span.treatment.insulinNeedsScaleFactor),
    aim: aimOf(span.treatment),
    end: span.end
  };

const percentOf = (factor) => (Number(factor) > 0 && Number(factor) !== 1 ? Math.round(Number(factor) * 100) : undefined);
