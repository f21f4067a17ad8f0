import { fieldsOf } from '../../plugins/reading.ts';
import type { Check } from './check.ts';
import { loopingWishes } from './looping.ts';

/** Loop does not loop, or fails each time it tries (properties-plugins §C.8). */
export const loop: Check = {
  name: 'loop',
  label: 'Loop',
  run(sandbox) {
    const { lastOkMoment } = fieldsOf(sandbox.properties.loop);
    return loopingWishes(sandbox, { feature: 'loop', name: 'Loop', lastLoop: lastOkMoment });
  }
};
