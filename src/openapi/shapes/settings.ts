import * as z from 'zod';
import { v3Fields, v3WriteFields } from './common.ts';

/** Settings as v3 takes them. */
export const V3SettingsInput = z
  .looseObject(v3WriteFields)
  .meta({ id: 'V3SettingsInput', description: 'Settings an app keeps on the server, in any shape.' });

/** Settings as v3 shows them. */
export const V3Settings = z.looseObject(v3Fields).meta({ id: 'V3Settings', description: 'Settings of an app as v3 shows them.' });
