import type { Plugin } from './plugin.ts';

/** What the pump delivers as basal now, U/h; `T` marks a temp basal, `C` the extended part of a combo bolus. */
export const basal: Plugin = {
  name: 'basal',
  offers: ['basal'],
  compute({ profile, time }) {
    const current = profile.basal(time);
    if (!current) return {};
    const marks = (current.treatment ? 'T' : '') + (current.combobolustreatment ? 'C' : '');
    return { basal: { display: `${marks}${marks && ': '}${current.totalbasal.toFixed(3)}U`, current } };
  }
};
