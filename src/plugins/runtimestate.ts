import type { Plugin } from './plugin.ts';

/** Whether the server has finished loading: `booted` until then, `loaded` after. */
export const runtimestate: Plugin = {
  name: 'runtimestate',
  offers: ['runtimestate'],
  compute: ({ state }) => ({ runtimestate: { state: state === 'loaded' ? 'loaded' : 'booted' } })
};
