import { VARIABLES, type VariableName } from './env.ts';
import { FEATURE_VARIABLES } from './feature-env.ts';

/** A setting as people read about it; holds nothing of this site. */
export interface SettingRow {
  readonly name: string;
  /** What may stand behind the equals sign: `on or off`. */
  readonly takes: string;
  /** Its default as one would write it; empty for none. */
  readonly fallback: string;
  /** What it does, with the unit. */
  readonly about: string;
  readonly aliases: readonly string[];
}

/** Settings that stand under one heading. */
export interface SettingGroup {
  readonly title: string;
  /** The word in ENABLE that switches on what these are about; undefined for settings that always hold. */
  readonly feature: string | undefined;
  readonly rows: readonly SettingRow[];
}

/** First variable of each section of the table, and its heading. */
const SECTIONS: Partial<Record<VariableName, string>> = {
  PORT: 'Server',
  API_SECRET: 'Access',
  INSECURE_USE_HTTP: 'Transport',
  STORAGE_URI: 'Storage',
  ENTRIES_KEEP_DAYS: 'Housekeeping',
  API_MAX_COUNT: 'APIs',
  ENABLE: 'Features',
  DISPLAY_UNITS: 'Glucose and alarms',
  CUSTOM_TITLE: 'Display',
  NTFY_URL: 'Messages that leave the server (Pushover, IFTTT and Loop: see their sections below)',
  METRICS: 'Operations',
  IMPORT_CONFIG: 'Kept for existing installations'
};

/** Every setting once, by heading, in the order of the tables. */
export function settingGroups(): SettingGroup[] {
  const general: { title: string; feature: undefined; rows: SettingRow[] }[] = [];
  for (const name of Object.keys(VARIABLES) as VariableName[]) {
    const title = SECTIONS[name];
    if (title !== undefined) general.push({ title, feature: undefined, rows: [] });
    const { about, aliases, takes, default: fallback } = VARIABLES[name];
    general.at(-1)?.rows.push({ name, takes, fallback: spell(fallback), about, aliases });
  }
  const features = FEATURE_VARIABLES.map(({ feature, about: title, rows, names }) => ({
    title,
    feature,
    rows: rows.map(([, fallback, about], index) => ({
      name: names[index] as string,
      takes: takesOf(fallback),
      fallback,
      about,
      aliases: []
    }))
  }));
  return [...general, ...features];
}

/** By the rule of `extended-settings.ts`. */
function takesOf(fallback: string): string {
  if (fallback === 'on' || fallback === 'off') return 'on or off';
  return fallback !== '' && Number.isFinite(Number(fallback)) ? 'a number' : 'text';
}

function spell(fallback: unknown): string {
  if (fallback === undefined) return '';
  if (typeof fallback === 'boolean') return fallback ? 'on' : 'off';
  return Array.isArray(fallback) ? fallback.join(' ') : String(fallback);
}
