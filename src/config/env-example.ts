import { VARIABLES, type VariableName } from './env.ts';
import { FEATURE_VARIABLES } from './feature-env.ts';

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

const HEAD = `# Every setting of Vigil, with its default. Nothing has to be set: remove the # of what you want to change.
# Names are Nightscout's where it has them; names may also be written in lower case or with CUSTOMCONNSTR_ in front.`;

/** Text of \`.env.example\`: every variable commented out, with its sentence and default. */
export function renderEnvExample(): string {
  const general = (Object.keys(VARIABLES) as VariableName[]).map((name) => {
    const { about, aliases, default: fallback } = VARIABLES[name];
    const also = aliases.length > 0 ? [`# Also: ${aliases.join(', ')} (the first that is set wins).`] : [];
    const section = SECTIONS[name];
    return [...(section ? ['', `# ---- ${section}`] : []), '', `# ${about}`, ...also, `# ${name}=${spell(fallback)}`].join('\n');
  });
  const features = FEATURE_VARIABLES.map(({ feature, about, rows, names }) =>
    [
      '',
      `# ---- ${about} (when ENABLE names ${feature}, or it is on by itself)`,
      ...rows.map(([, fallback, sentence], index) => `\n# ${sentence}\n# ${names[index]}=${fallback}`)
    ].join('\n')
  );
  return `${[HEAD, ...general, ...features].join('\n')}\n`;
}

function spell(fallback: unknown): string {
  if (fallback === undefined) return '';
  if (typeof fallback === 'boolean') return fallback ? 'on' : 'off';
  return Array.isArray(fallback) ? fallback.join(' ') : String(fallback);
}
