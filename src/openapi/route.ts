import type { z } from 'zod';
import type { Config } from '../config/config.ts';
import type { ParameterName } from './parameters.ts';
import type { ProblemName } from './problems.ts';

/** What a route answers when all is well: a status, and a body for each content type. */
export interface Answer {
  readonly description: string;
  /** By content type; `'text'` stands for any text. */
  readonly content?: Readonly<Record<string, z.ZodType | 'text'>>;
  readonly headers?: readonly string[];
}

/** One operation of an API, as it is written down in the flat lists. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below the mount, names in braces: `/entries/{spec}`. */
  readonly path: string;
  /** Heading it stands under. */
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** The rights it takes, all of them; of a list inside the list, one. */
  readonly permissions: readonly (string | readonly string[])[];
  /** Whether credentials are looked at; absent: they are needed where rights are. */
  readonly credentials?: 'needed' | 'optional';
  readonly parameters?: readonly ParameterName[];
  readonly body?: z.ZodType;
  readonly answers: Readonly<Record<number, Answer>>;
  /** The refusals that are its own; those everything can give (401, 500 …) are added. */
  readonly problems?: readonly ProblemName[];
  /** Whether it exists on this site; absent: always. */
  readonly when?: (config: Config) => boolean;
}

/** 200 with JSON. */
export const json = (
  shape: z.ZodType,
  description: string,
  headers: readonly string[] = []
): Readonly<Record<number, Answer>> => ({
  200: { description, content: { 'application/json': shape }, headers }
});

/** 200 with text of one type. */
export const text = (type: string, description: string): Readonly<Record<number, Answer>> => ({
  200: { description, content: { [type]: 'text' } }
});

/** 304, for callers that sent `If-Modified-Since` or `If-None-Match`. */
export const NOT_MODIFIED: Readonly<Record<number, Answer>> = { 304: { description: 'Nothing new; no body.' } };
