import { settingGroups } from './setting-groups.ts';

const HEAD = `# Every setting of Vigil, with its default. Nothing has to be set: remove the # of what you want to change.
# Names are Nightscout's where it has them; names may also be written in lower case or with CUSTOMCONNSTR_ in front.`;

/** Text of \`.env.example\`: every variable commented out, with its sentence and default. */
export function renderEnvExample(): string {
  const sections = settingGroups().map(({ title, feature, rows }) => {
    const when = feature === undefined ? '' : ` (when ENABLE names ${feature}, or it is on by itself)`;
    const settings = rows.map(({ name, about, aliases, fallback }) => {
      const also = aliases.length > 0 ? `# Also: ${aliases.join(', ')} (the first that is set wins).\n` : '';
      return `\n# ${about}\n${also}# ${name}=${fallback}`;
    });
    return ['', `# ---- ${title}${when}`, ...settings].join('\n');
  });
  return `${[HEAD, ...sections].join('\n')}\n`;
}
