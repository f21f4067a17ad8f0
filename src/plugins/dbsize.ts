import { INFO, statusClass, URGENT, WARN } from './level.ts';
import type { Plugin } from './plugin.ts';
import { type Fields, numberSetting } from './reading.ts';

const MIB = 1024 * 1024;
/** The size of the free databases most sites had, in MiB. */
const DEFAULT_MAX = 496;
const NO_MAX = 102_400;

/** How full the database is. LoopFollow shows it. */
export const dbsize: Plugin = {
  name: 'dbsize',
  offers: ['dbsize'],
  compute({ data, extended }) {
    const { dataSize, indexSize } = data.dbstats;
    if (dataSize === undefined) return {};
    const settings = extended('dbsize');
    const configured = numberSetting(settings, 'max', DEFAULT_MAX) || DEFAULT_MAX;
    const maxSize = configured < 0 ? NO_MAX : configured;
    const size = (dataSize + (indexSize ?? 0)) / MIB;
    const dataPercentage = Math.floor((size * 100) / maxSize);
    const level = levelOf(size, maxSize, settings);
    return {
      dbsize: {
        display: settings.inMib ? `${Math.floor(size)}MiB` : `${dataPercentage}%`,
        status: statusClass(level),
        totalDataSize: size,
        dataPercentage,
        notificationLevel: level,
        details: { maxSize: round2(maxSize), dataSize: round2(size) }
      }
    };
  }
};

function levelOf(size: number, max: number, settings: Fields): 0 | 1 | 2 {
  const reached = (key: string, fallback: number): boolean => {
    const percent = Math.min(100, Math.max(0, numberSetting(settings, key, fallback)));
    return percent > 0 && size >= Math.floor((max * percent) / 100);
  };
  if (reached('urgentPercentage', 75)) return URGENT;
  return reached('warnPercentage', 60) ? WARN : INFO;
}

function round2(value: number): number {
  return Math.round(value * 100) / 100;
}
