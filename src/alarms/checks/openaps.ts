import { isOffline } from '../../plugins/offline.ts';
import { fieldsOf } from '../../plugins/reading.ts';
import type { Check } from './check.ts';
import { loopingWishes } from './looping.ts';

/** OpenAPS, AAPS or Trio does not loop, and nobody has paused it (properties-plugins §C.7). */
export const openaps: Check = {
  name: 'openaps',
  label: 'OpenAPS',
  run(sandbox) {
    if (isOffline(sandbox.data.treatments, sandbox.time)) return undefined;
    const { lastLoopMoment } = fieldsOf(sandbox.properties.openaps);
    return loopingWishes(sandbox, { feature: 'openaps', name: 'OpenAPS', lastLoop: lastLoopMoment });
  }
};
