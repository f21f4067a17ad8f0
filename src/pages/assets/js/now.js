import { ago, freshness, isMeasured, latest, rangeOf, readingText, trendOf, unitOf } from './format.js';

/** Nothing to show in large letters. */
const NOTHING = { range: 'error', text: 'No data', unit: '', arrow: '', delta: '' };

/**
 * What stands in large letters: the newest reading, or clearly that there is none.
 * @returns `{ sgv, state, range, text, unit, arrow, delta, since, sentence }`; state: `none`, `fresh`, `stale`, `gone`
 */
export function currentReading({ data, status, properties, now }) {
  const { units, thresholds } = status.settings;
  const sgv = latest(data.sgvs, now);
  if (!sgv) return { ...NOTHING, state: 'none', since: 'No reading yet', sentence: 'No glucose data.' };

  const age = Math.max(0, now - sgv.mills);
  const state = freshness(age);
  const text = readingText(sgv.mgdl, units);
  const unit = isMeasured(sgv.mgdl) ? unitOf(units) : '';
  const shown = text === '???' ? 'Sensor error' : [text, unit].filter(Boolean).join(' ');
  if (state === 'gone') {
    const since = `Last reading: ${shown}, ${ago(age)}`;
    return { ...NOTHING, sgv, state, since, sentence: `No current data. ${since}.` };
  }
  const isFresh = state === 'fresh';
  const { arrow, words } = isFresh && sgv.mgdl >= 39 ? trendOf(sgv.direction) : trendOf();
  // the server's word on the change, if it speaks of this reading
  const isItsDelta = isFresh && isMeasured(sgv.mgdl) && properties.delta?.times?.recent === sgv.mills;
  return {
    sgv,
    state,
    range: rangeOf(sgv.mgdl, thresholds),
    text,
    unit,
    arrow,
    delta: isItsDelta ? properties.delta.display : '',
    since: isFresh ? ago(age) : `Old: ${ago(age)}`,
    sentence: [shown, words, !isFresh && `old, ${ago(age)}`].filter(Boolean).join(', ')
  };
}
