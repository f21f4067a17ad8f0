import { type SettingGroup, type SettingRow, settingGroups } from '../config/setting-groups.ts';
import { escapeHtml, type Rendered } from './markdown.ts';

/** Where a setting stands on the page: `settings#pump_warn_res`. */
const idOf = (name: string): string => name.toLowerCase();

/** Appends the tables of all settings, as the config schema declares them, to the words about settings. No value of this site is in it. */
export function withSettings({ title, html, headings }: Rendered): Rendered {
  const groups = settingGroups().map((group) => ({
    group,
    id: `group-${idOf(group.feature ?? group.title).replace(/\W+/g, '-')}`
  }));
  return {
    title,
    html: html + groups.map(({ group, id }) => groupHtml(group, id)).join('\n'),
    headings: [...headings, ...groups.map(({ group, id }) => ({ depth: 2, id, text: short(group.title) }))]
  };
}

/** Headings without what stands in brackets. */
const short = (title: string): string => title.replace(/ \(.*\)$/, '');

function groupHtml({ title, feature, rows }: SettingGroup, id: string): string {
  const when =
    feature === undefined
      ? ''
      : `<p>They act when <code>ENABLE</code> names <code>${feature}</code>, or it is on by itself.</p>\n`;
  return `<h2 id="${id}"><a href="#${id}">${escapeHtml(title)}</a></h2>
${when}<table class="stacked settings"><thead><tr><th scope="col">Name</th><th scope="col">What it does</th><th scope="col">Takes</th><th scope="col">Default</th></tr></thead>
<tbody>
${rows.map(rowHtml).join('\n')}
</tbody></table>
`;
}

function rowHtml({ name, takes, fallback, about, aliases }: SettingRow): string {
  const also = aliases.map((alias) => `<code>${alias}</code>`).join(', ');
  return [
    `<tr id="${idOf(name)}"><th scope="row"><code>${name.replaceAll('_', '_<wbr>')}</code></th>`,
    `<td data-head="">${escapeHtml(about)}${also ? ` Also: ${also} (the first that is set wins).` : ''}</td>`,
    `<td data-head="Takes">${escapeHtml(takes)}</td>`,
    `<td data-head="Default">${fallback === '' ? 'none' : `<code>${escapeHtml(fallback)}</code>`}</td></tr>`
  ].join('');
}
