import { readFile } from 'node:fs/promises';
import { type RequestHandler, Router } from 'express';
import { once } from '../once.ts';
import { HELP_PAGES, type HelpPage } from './pages.ts';

/**
 * The help at `/help/`: the texts of this folder as pages. They are the same on every site, so nobody has to sign in. A page is made,
 * and the library loaded, at the first request for it. To be mounted behind the headers of pages.
 */
export function createHelp(): Router {
  const router = Router({ strict: true, caseSensitive: true });
  router.get('/help', moved('help/'));
  for (const page of HELP_PAGES) {
    const text = once(() => render(page));
    router.get(page.name === 'index' ? '/help/' : `/help/${page.name}`, send(text));
    if (page.name !== 'index') router.get(`/help/${page.name}/`, moved(`../${page.name}`));
  }
  return router;
}

async function render(page: HelpPage): Promise<string> {
  const [source, { renderMarkdown }, { helpPage }] = await Promise.all([
    readFile(new URL(`./${page.name}.md`, import.meta.url), 'utf8'),
    import('./markdown.ts'),
    import('./layout.ts')
  ]);
  const rendered = renderMarkdown(source);
  if (page.name !== 'settings') return helpPage(page, rendered);
  const { withSettings } = await import('./settings-tables.ts');
  return helpPage(page, withSettings(rendered));
}

const send =
  (text: () => Promise<string>): RequestHandler =>
  async (_req, res) => {
    // a new version must reach whoever has the page open: always ask, mostly hear 304
    res.setHeader('Cache-Control', 'no-cache');
    res.type('html').send(await text());
  };

/** 301 to the address whose relative links work; relative itself, since a proxy may put the site under a path. */
const moved =
  (location: string): RequestHandler =>
  (_req, res) => {
    res.status(301).location(location).type('html').send('<!DOCTYPE html><title>Moved</title><p>This page stands elsewhere.</p>');
  };
