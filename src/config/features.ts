/** Features that are on without being asked for, in the reference's order; constant and shown as `DEFAULT_FEATURES`. */
export const DEFAULT_FEATURES = [
  'bgnow',
  'delta',
  'direction',
  'timeago',
  'devicestatus',
  'upbat',
  'errorcodes',
  'profile',
  'bolus',
  'dbsize',
  'runtimestate',
  'basal',
  'careportal'
] as const;

/** Features whose extended settings clients may see (besides `devicestatus`), in the reference's order. */
export const CLIENT_FEATURES = [
  'bgnow',
  'rawbg',
  'direction',
  'timeago',
  'upbat',
  'ar2',
  'errorcodes',
  'iob',
  'cob',
  'careportal',
  'pump',
  'openaps',
  'xdripjs',
  'loop',
  'override',
  'bwp',
  'cage',
  'sage',
  'iage',
  'bage',
  'basal',
  'bolus',
  'boluscalc',
  'profile',
  'speech',
  'dbsize'
] as const;

/** Further words that may stand in ENABLE. */
const OTHER_FEATURES = [
  'simplealarms',
  'treatmentnotify',
  'pushover',
  'maker',
  'cors',
  'alexa',
  'googlehome',
  'bridge',
  'mmconnect',
  'connect'
];

/** Whether anything is known by this name; unknown words in ENABLE are kept, but worth a warning. */
export function isKnownFeature(name: string): boolean {
  return KNOWN.has(name);
}

const KNOWN: ReadonlySet<string> = new Set([...DEFAULT_FEATURES, ...CLIENT_FEATURES, ...OTHER_FEATURES]);

const ALARM_TYPES = ['predict', 'simple'];

/** What decides which features are on. Lists as {@link featureWords} reads them. */
export interface FeatureInput {
  readonly enable: readonly string[];
  readonly disable: readonly string[];
  readonly alarmTypes: readonly string[];
  /** Any BG_… threshold is set. */
  readonly hasThresholds: boolean;
  /** PUSHOVER_API_TOKEN is set. */
  readonly hasPushover: boolean;
}

/**
 * Words of ENABLE, DISABLE, OBSCURED or ALARM_TYPES: percent signs decoded (`%20`), lower case, split at spaces; commas do not split.
 * @throws URIError when a percent sign is not followed by two hex digits
 */
export function featureWords(text: string): string[] {
  return decodeURIComponent(text).toLowerCase().split(/\s+/).filter(Boolean);
}

/** The alarm types in force and the enabled features, in the order (and with the repetitions) clients know. */
export function resolveFeatures(input: FeatureInput): { alarmTypes: string[]; enable: string[] } {
  const asked = input.alarmTypes.filter((type) => ALARM_TYPES.includes(type));
  const alarmTypes = asked.length > 0 ? asked : [input.hasThresholds ? 'simple' : 'predict'];

  const enable = [...input.enable];
  if (input.hasPushover) enable.push('pushover');
  if (['careportal', 'pushover', 'maker'].some((name) => enable.includes(name))) enable.push('treatmentnotify');
  for (const name of DEFAULT_FEATURES) if (!enable.includes(name)) enable.push(name);
  if (alarmTypes.includes('simple')) enable.push('simplealarms');
  if (alarmTypes.includes('predict')) enable.push('ar2');
  return { alarmTypes, enable: enable.filter((name) => !input.disable.includes(name)) };
}
