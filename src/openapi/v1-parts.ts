import * as z from 'zod';
import type { Config } from '../config/config.ts';
import { type Answer, json, NOT_MODIFIED } from './route.ts';
import { Deleted } from './shapes/v1-answers.ts';

const enabled =
  (feature: string) =>
  ({ settings }: Config): boolean =>
    settings.enable.includes(feature);
/** Writing treatments and activity is a feature. */
export const careportal = enabled('careportal');
/** So are the voices. */
export const alexa = enabled('alexa');
export const googlehome = enabled('googlehome');
/** One document, or a list of them. */
export const oneOrMany = (shape: z.ZodType) => z.union([shape, z.array(shape)]);

/** How pollers save a transfer. */
export const FRESHNESS = ['ifModifiedSince', 'ifNoneMatch'] as const;
/** How writers make sure that nobody was quicker. */
export const CONDITIONS = ['ifMatch', 'ifUnmodifiedSince'] as const;
/** What lists understand. */
export const QUERY = ['find', 'count', 'sortV1', ...FRESHNESS] as const;
/** Headers of answers that can be compared with the next one. */
export const VALIDATORS = ['Last-Modified', 'ETag'];

/** Documents as JSON. */
export const list = (shape: z.ZodType): Readonly<Record<number, Answer>> => ({
  ...json(z.array(shape), 'Documents, newest first.', VALIDATORS),
  ...NOT_MODIFIED
});
/** What was sent, as it was understood. */
export const stored = (shape: z.ZodType) =>
  json(z.array(shape), 'As many documents as were sent, in order, each with its `_id`.');
/** How many a condition matched. */
export const deleted = json(Deleted, 'How many were deleted; none is a good answer, too.');

/** The right to read. */
export const reads = (noun: string): string[] => [`api:${noun}:read`];
/** A write takes the right to read as well. */
export const writes = (noun: string, verb: 'create' | 'update' | 'delete'): string[] => [
  `api:${noun}:read`,
  `api:${noun}:${verb}`
];
