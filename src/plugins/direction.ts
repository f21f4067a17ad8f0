import type { Plugin } from './plugin.ts';

/** Arrow and its character code for each trend word an uploader may send. */
const ARROWS: Readonly<Record<string, { label: string; code: number }>> = {
  NONE: { label: '⇼', code: 8700 },
  TripleUp: { label: '⤊', code: 10506 },
  DoubleUp: { label: '⇈', code: 8648 },
  SingleUp: { label: '↑', code: 8593 },
  FortyFiveUp: { label: '↗', code: 8599 },
  Flat: { label: '→', code: 8594 },
  FortyFiveDown: { label: '↘', code: 8600 },
  SingleDown: { label: '↓', code: 8595 },
  DoubleDown: { label: '⇊', code: 8650 },
  TripleDown: { label: '⤋', code: 10507 },
  'NOT COMPUTABLE': { label: '-', code: 45 },
  'RATE OUT OF RANGE': { label: '⇕', code: 8661 }
};
const UNKNOWN = { label: '-', code: 45 };

/** The trend arrow of the last reading, only while that is current. */
export const direction: Plugin = {
  name: 'direction',
  offers: ['direction'],
  compute(sandbox) {
    const sgv = sandbox.lastSgv();
    if (!sgv || !sandbox.isCurrent(sgv)) return {};
    const value = sgv.direction;
    const { label, code } = (typeof value === 'string' && Object.hasOwn(ARROWS, value) && ARROWS[value]) || UNKNOWN;
    return { direction: { display: null, value, label, entity: `&#${code};` } };
  }
};
