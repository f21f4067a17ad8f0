import { ar2 } from './ar2.ts';
import { bage } from './bage.ts';
import { basal } from './basal.ts';
import { bgnow } from './bgnow.ts';
import { bwp } from './bwp.ts';
import { cage } from './cage.ts';
import { cob } from './cob.ts';
import { dbsize } from './dbsize.ts';
import { direction } from './direction.ts';
import { iage } from './iage.ts';
import { iob } from './iob.ts';
import { loop } from './loop.ts';
import { openaps } from './openaps.ts';
import type { Plugin } from './plugin.ts';
import { pump } from './pump.ts';
import { rawbg } from './rawbg.ts';
import { runtimestate } from './runtimestate.ts';
import { sage } from './sage.ts';
import { upbat } from './upbat.ts';
import { xdripjs } from './xdripjs.ts';

/** Every computed feature, in the order they run: a later one may look at the properties of those before. */
export const PLUGINS: readonly Plugin[] = [
  bgnow,
  rawbg,
  direction,
  upbat,
  ar2,
  iob,
  cob,
  pump,
  openaps,
  xdripjs,
  loop,
  bwp,
  cage,
  sage,
  iage,
  bage,
  basal,
  dbsize,
  runtimestate
];
