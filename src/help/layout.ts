import { escapeHtml, type Heading, type Rendered } from './markdown.ts';
import { addressOf, HELP_PAGES, type HelpPage } from './pages.ts';

/** Pages of the site, as seen from a page of the help. */
const SITE: readonly (readonly [address: string, label: string])[] = [
  ['../', 'Now'],
  ['../report/', 'Report'],
  ['../profile', 'Profile'],
  ['../food', 'Food'],
  ['../clock/clock', 'Clock'],
  ['../admin/', 'Admin']
];

/** A whole page around a rendered text. Holds no data of the site, no script, and only relative addresses. */
export function helpPage({ name }: HelpPage, { title, html, headings }: Rendered): string {
  const contents = contentsList(name, headings);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)} · Vigil</title>
<link rel="icon" href="../assets/icon.svg" type="image/svg+xml">
<link rel="manifest" href="../manifest.json">
<link rel="stylesheet" href="../assets/base.css">
<link rel="stylesheet" href="../assets/tables.css">
<link rel="stylesheet" href="../assets/help.css">
</head>
<body>
<a class="skip" href="#text">To the content</a>
<header>
<h1>${escapeHtml(title)}</h1>
<nav aria-label="Pages">${SITE.map(link).join('')}<a href="./" aria-current="${name === 'index' ? 'page' : 'true'}">Help</a></nav>
</header>
<main id="main" class="help">
<details class="card contents"><summary>All pages of the help</summary>
${contents}</details>
<nav class="card contents" aria-label="Help">
${contents}</nav>
<article id="text" class="card prose">
${html}${nextOf(name)}</article>
</main>
<footer><span>Vigil is no medical device, and its pages sound no alarms. Never base a treatment decision on them alone.</span></footer>
</body>
</html>
`;
}

const link = ([address, label]: readonly [string, string]): string => `<a href="${address}">${label}</a>`;

/** All pages, and below the present one what it holds. */
function contentsList(name: string, headings: readonly Heading[]): string {
  const inside = headings
    .filter(({ depth }) => depth === 2)
    .map(({ id, text }) => `<li><a href="#${id}">${escapeHtml(text)}</a></li>`)
    .join('\n');
  const items = HELP_PAGES.map((page) => {
    const isHere = page.name === name;
    const address = `<a href="${addressOf(page.name)}"${isHere ? ' aria-current="page"' : ''}>${page.label}</a>`;
    return `<li>${address}${isHere && inside ? `\n<ul>\n${inside}\n</ul>` : ''}</li>`;
  });
  return `<ul>\n${items.join('\n')}\n</ul>\n`;
}

function nextOf(name: string): string {
  const next = HELP_PAGES[HELP_PAGES.findIndex((page) => page.name === name) + 1];
  return next ? `<p class="next">Next: <a href="${addressOf(next.name)}">${next.label}</a></p>\n` : '';
}
