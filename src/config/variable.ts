import * as z from 'zod';

/** One environment variable: everything there is to know about it, in one place. */
export interface Variable<T = unknown> {
  /** Reads the trimmed text; its issue messages finish the sentence "NAME must be …". */
  readonly schema: z.ZodType<T, string>;
  /** Value when the variable is not set. */
  readonly default: T;
  /** What it does, with the unit. */
  readonly about: string;
  /** Which texts it takes, in a few words for people: `on or off`, `a whole number from 0 to 65535`. */
  readonly takes: string;
  /** Other names, tried in this order after the first one. */
  readonly aliases: readonly string[];
  /**
   * What to do with a value the schema refuses: `fail` stops the start; `default` and `keep` do what the reference does with it
   * (fall back, or carry the text along) and say so.
   */
  readonly onBad: (text: string) => 'fail' | 'default' | 'keep';
  /** Never shown, not even in the sentence that refuses it. */
  readonly secret: boolean;
}

type Extra = Partial<Pick<Variable, 'aliases' | 'secret' | 'onBad'>>;

function variable<T>(
  schema: z.ZodType<T, string>,
  fallback: T,
  { about, takes, ...extra }: Pick<Variable, 'about' | 'takes'> & Extra
): Variable<T> {
  return { schema, default: fallback, about, takes, aliases: [], secret: false, onBad: () => 'fail', ...extra };
}

const always = (what: 'fail' | 'default' | 'keep') => () => what;
const isNegative = (text: string) => /^-\s*[\d.]/.test(text);
const SWITCH: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false };

const SWITCHED = 'on or off';

const switchSchema = z.string().transform((text, context) => {
  const value = SWITCH[text.toLowerCase()];
  if (value !== undefined) return value;
  context.addIssue('on, off, true or false');
  return z.NEVER;
});

const numberWords = (min: number, max: number, whole: boolean): string =>
  `${whole ? 'a whole number' : 'a number'}${max < Infinity ? ` from ${min} to ${max}` : min > -Infinity ? `, at least ${min}` : ''}`;

function numberSchema(min: number, max: number, whole: boolean): z.ZodType<number, string> {
  return z.string().transform((text, context) => {
    const value = text === '' ? Number.NaN : Number(text.replace(',', '.'));
    if (Number.isFinite(value) && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    context.addIssue(numberWords(min, max, whole));
    return z.NEVER;
  });
}

/** A variable that takes numbers of a range. */
const number = <T extends number | undefined>(
  [min, max, whole]: readonly [min: number, max: number, whole: boolean],
  fallback: T,
  about: string,
  extra: Extra = {}
): Variable<number | T> =>
  variable<number | T>(numberSchema(min, max, whole), fallback, { about, takes: numberWords(min, max, whole), ...extra });

/** Any text, taken as it is. */
export const text = <T extends string | undefined = string>(fallback: T, about: string, extra: Extra = {}) =>
  variable<string | T>(z.string(), fallback, { about, takes: 'text', ...extra });

/** Text of a setting the reference never maps: `7` stays text once set, while its default is a number or a switch. */
export const untyped = (fallback: number | boolean, about: string) =>
  variable<unknown>(z.string(), fallback, { about, takes: typeof fallback === 'number' ? 'a number' : SWITCHED });

/** Text checked by `check`, which says what is allowed when it refuses. */
export const checked = <T extends string | undefined>(
  fallback: T,
  about: string,
  allowed: string,
  check: (text: string) => boolean,
  extra: Extra = {}
) =>
  variable<string | T>(z.string().refine(check, allowed), fallback, {
    about,
    takes: /^an? /.test(allowed) ? allowed : `text, ${allowed}`,
    ...extra
  });

/** A switch of the server; as in the reference anything but on, off, true and false leaves the default. */
export const flag = (fallback: boolean, about: string) =>
  variable(switchSchema, fallback, { about, takes: SWITCHED, onBad: always('default') });

/** A switch among the public settings; as in the reference another text is carried along (and counts as on). */
export const settingSwitch = (fallback: boolean, about: string) =>
  variable<unknown>(switchSchema, fallback, { about, takes: SWITCHED, onBad: always('keep') });

/** A number among the public settings, decimal comma allowed; as in the reference another text is carried along. */
export const settingNumber = (fallback: number, about: string, min = -Infinity) =>
  variable<unknown>(numberSchema(min, Infinity, false), fallback, {
    about,
    takes: numberWords(min, Infinity, false),
    onBad: (text) => (isNegative(text) ? 'fail' : 'keep')
  });

/** Numbers with spaces between, minutes of snooze; what is no number becomes null, as in the reference. */
export const minutesList = (fallback: readonly number[], about: string) =>
  variable<unknown>(
    z.string().transform((text) => text.split(/\s+/).map((part) => (Number.isFinite(Number(part)) ? Number(part) : null))),
    fallback,
    { about, takes: 'numbers with spaces between' }
  );

/** An alarm threshold in DISPLAY_UNITS; text that is no number leaves the default, so that the alarm still exists. */
export const threshold = (fallback: number, about: string) =>
  number([-Infinity, Infinity, false], fallback, about, { onBad: always('default') });

/** A number an existing site may carry in any state: negative stops the start, other nonsense leaves the default. */
export const lenientNumber = (fallback: number, min: number, about: string) =>
  number([min, Infinity, true], fallback, about, { onBad: (text) => (isNegative(text) ? 'fail' : 'default') });

/** A number the reference replaces by its default (or ignores) whatever is wrong with it. */
export const forgivingNumber = <T extends number | undefined>(fallback: T, min: number, whole: boolean, about: string) =>
  number([min, Infinity, whole], fallback, about, { onBad: always('default') });

/** A whole number that has to be right. */
export const strictNumber = (fallback: number, min: number, max: number, about: string) =>
  number([min, max, true], fallback, about);

/** A number that has to be right, decimal comma allowed. */
export const strictAmount = (fallback: number, min: number, max: number, about: string) =>
  number([min, max, false], fallback, about);

/** A number that has to be right where it is given; without it the feature is off. */
export const optionalNumber = (min: number, max: number, about: string) => number<undefined>([min, max, false], undefined, about);

/** One word of a list, any case; `onBad` says whether another word stops the start. */
export const choice = <const T extends string>(fallback: T, words: readonly T[], about: string, onBad: 'fail' | 'default') =>
  variable<T>(
    z.string().transform((text, context) => {
      const word = words.find((candidate) => candidate === text.toLowerCase());
      if (word !== undefined) return word;
      context.addIssue(`one of ${words.join(', ')}`);
      return z.NEVER;
    }),
    fallback,
    { about, takes: `one of ${words.join(', ')}`, onBad: always(onBad) }
  );

/** A value with a reader of its own; `takes` says what that understands. */
export const custom = <T>(schema: z.ZodType<T, string>, fallback: T, about: string, takes = 'text') =>
  variable(schema, fallback, { about, takes });
