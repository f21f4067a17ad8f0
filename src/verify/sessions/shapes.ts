import * as z from 'zod';

/** What several apps decode of the same document. */
export const id = z.string().min(1);
export const number = z.number();
export const text = z.string();
const optionalNumber = z.number().nullish();

export const status = z.looseObject({ status: text, settings: z.looseObject({ units: text }) });

/** A reading of any kind. */
export const entry = z.looseObject({ _id: id, date: number });
export const treatment = z.looseObject({ _id: id, created_at: text, carbs: optionalNumber, insulin: optionalNumber });
export const profile = z.looseObject({ _id: id, defaultProfile: text, store: z.record(z.string(), z.looseObject({})) });
const part = z.looseObject({}).nullish();
export const deviceStatus = z.looseObject({ _id: id, created_at: text, pump: part, loop: part, openaps: part });

/** The envelope of v3. */
export const v3 = (result: z.ZodType) => z.looseObject({ status: z.literal(200), result });
