import type { Settings } from './config.ts';
import { bareName, type Environment } from './environment.ts';
import type { Values } from './read-variables.ts';

/** Ways out of the house. Undefined: not set up. Lists of keys are empty where a class of messages is switched off. */
export interface IntegrationSettings {
  readonly pushover: PushoverSettings | undefined;
  readonly maker: MakerSettings | undefined;
  readonly ntfy: { readonly url: string; readonly token: string | undefined } | undefined;
  readonly gotify: { readonly url: string; readonly token: string } | undefined;
  readonly webhook: { readonly url: string; readonly secret: string | undefined } | undefined;
  readonly loopPush: LoopPushSettings;
}

export interface PushoverSettings {
  readonly apiToken: string;
  readonly userKeys: readonly string[];
  readonly alarmKeys: readonly string[];
  readonly announcementKeys: readonly string[];
  readonly url: string;
}

export interface MakerSettings {
  readonly keys: readonly string[];
  readonly announcementKeys: readonly string[];
  readonly url: string;
}

/** Credentials for Loop's remote commands, empty where not set. */
export interface LoopPushSettings {
  readonly apnsKey: string;
  readonly apnsKeyId: string;
  readonly developerTeamId: string;
  /** Apple's address, or a stand-in. */
  readonly url: string;
  /** Largest bolus that is passed on, U. */
  readonly maxBolus: number;
  /** Largest carbs entry that is passed on, g. */
  readonly maxCarbs: number;
}

const LOOP_PUSH = ['LOOP_APNS_KEY', 'LOOP_APNS_KEY_ID', 'LOOP_DEVELOPER_TEAM_ID', 'LOOP_PUSH_SERVER_ENVIRONMENT'];

/**
 * Variables that act although their feature is not in ENABLE: whoever sets Apple's key wants remote commands, also where the
 * pill `loop` is not shown. DISABLE=loop switches both off.
 */
export const readAnyway = (disable: readonly string[]): ReadonlySet<string> => new Set(disable.includes('loop') ? [] : LOOP_PUSH);

/**
 * What is set up of the ways out. Keys are read as text, not by the rule of the extended settings, which would turn a team id
 * such as `123456E123` into a number.
 * @param disable words of DISABLE
 */
export function readIntegrations(
  environment: Environment,
  values: Values,
  { enable }: Pick<Settings, 'enable'>,
  disable: readonly string[],
  warnings: string[]
): IntegrationSettings {
  const textOf = (name: string): string =>
    environment.lookup(name)?.text ??
    environment.pairs.find(([spelling, text]) => text && bareName(spelling) === name)?.[1] ??
    '';

  if (values.GOTIFY_URL && !values.GOTIFY_TOKEN)
    warnings.push('GOTIFY_URL is set without GOTIFY_TOKEN: nothing is sent to Gotify.');
  return {
    pushover: enable.includes('pushover') ? pushover(textOf, values.PUSHOVER_URL, warnings) : undefined,
    maker: enable.includes('maker') ? maker(textOf, values.MAKER_URL, warnings) : undefined,
    ntfy: values.NTFY_URL ? { url: values.NTFY_URL, token: values.NTFY_TOKEN } : undefined,
    gotify: values.GOTIFY_URL && values.GOTIFY_TOKEN ? { url: values.GOTIFY_URL, token: values.GOTIFY_TOKEN } : undefined,
    webhook: values.WEBHOOK_URL ? { url: values.WEBHOOK_URL, secret: values.WEBHOOK_SECRET } : undefined,
    loopPush: loopPush(disable.includes('loop') ? () => '' : textOf, values)
  };
}

type TextOf = (name: string) => string;

function pushover(textOf: TextOf, url: string, warnings: string[]): PushoverSettings | undefined {
  const apiToken = textOf('PUSHOVER_API_TOKEN');
  const user = textOf('PUSHOVER_USER_KEY') || textOf('PUSHOVER_GROUP_KEY');
  const settings = {
    apiToken,
    userKeys: keys(user),
    alarmKeys: keys(textOf('PUSHOVER_ALARM_KEY') || user),
    announcementKeys: keys(textOf('PUSHOVER_ANNOUNCEMENT_KEY') || user),
    url
  };
  if (apiToken && settings.userKeys.length + settings.alarmKeys.length + settings.announcementKeys.length > 0) return settings;
  warnings.push(
    apiToken
      ? 'PUSHOVER_API_TOKEN is set without PUSHOVER_USER_KEY or another key: nobody is told by Pushover.'
      : 'ENABLE names "pushover", but PUSHOVER_API_TOKEN is not set: nobody is told by Pushover.'
  );
  return undefined;
}

function maker(textOf: TextOf, url: string, warnings: string[]): MakerSettings | undefined {
  const key = textOf('MAKER_KEY');
  const settings = { keys: keys(key), announcementKeys: keys(textOf('MAKER_ANNOUNCEMENT_KEY') || key), url };
  if (settings.keys.length + settings.announcementKeys.length > 0) return settings;
  warnings.push('ENABLE names "maker", but MAKER_KEY is not set: nothing is sent to IFTTT.');
  return undefined;
}

/** Keys with spaces between; `off` for nobody. */
const keys = (text: string): string[] => (/^(off|false)$/i.test(text) ? [] : [...new Set(text.split(/\s+/).filter(Boolean))]);

function loopPush(textOf: TextOf, values: Values): LoopPushSettings {
  const host = textOf('LOOP_PUSH_SERVER_ENVIRONMENT') === 'production' ? 'api.push.apple.com' : 'api.sandbox.push.apple.com';
  return {
    apnsKey: textOf('LOOP_APNS_KEY'),
    apnsKeyId: textOf('LOOP_APNS_KEY_ID'),
    developerTeamId: textOf('LOOP_DEVELOPER_TEAM_ID'),
    url: values.APNS_URL || `https://${host}`,
    maxBolus: values.LOOP_MAX_REMOTE_BOLUS,
    maxCarbs: values.LOOP_MAX_REMOTE_CARBS
  };
}
