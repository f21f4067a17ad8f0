import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { type RequestHandler, Router } from 'express';
import type { Config } from '../config/config.ts';
import { pageHeaders } from '../http/middleware/page-headers.ts';
import { once } from '../once.ts';

/** To find files of packages; loads nothing by itself. */
const require = createRequire(import.meta.url);

/** The files of Swagger UI a page needs; no other file of the package is served. */
const ASSETS = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-16x16.png', 'favicon-32x32.png']);
const ASSET_AGE = '1d';

const PAGE = `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Vigil: APIs</title>
  <link rel="stylesheet" href="swagger-ui.css">
  <link rel="icon" type="image/png" href="favicon-32x32.png" sizes="32x32">
</head>
<body>
  <div id="swagger-ui"></div>
  <script src="swagger-ui-bundle.js"></script>
  <script src="start.js"></script>
</body>
</html>
`;

/** A file of its own, since a content security policy stops scripts inside of a page; relative, since a proxy may put us under a path. */
const START = `window.ui = SwaggerUIBundle({
  url: '../api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null
});
`;

/**
 * The descriptions of the APIs and their pages. Everything is made, and every library loaded, at the first request for it: a
 * start takes no longer for them.
 */
export function apiDescriptions({ config }: { readonly config: Config }): Router {
  const openApi = once(async () => (await import('./document.ts')).openApiDocument(config));
  const openApiJson = once(async () => JSON.stringify(await openApi()));
  const openApiYaml = once(async () => (await import('yaml')).stringify(await openApi(), { aliasDuplicateObjects: false }));
  const asyncApiJson = once(async () => JSON.stringify((await import('./async-document.ts')).asyncApiDocument(config)));
  const sockets = once(async () => {
    const { socketsPage, STYLE } = await import('./sockets-page.ts');
    const hash = createHash('sha256').update(STYLE).digest('base64');
    return { page: socketsPage(config), headers: pageHeaders(config, { styles: [`'sha256-${hash}'`] }) };
  });

  const router = Router();
  router.get(['/api/openapi.json', '/swagger.json'], send('application/json', openApiJson));
  router.get('/swagger.yaml', send('text/vnd.yaml', openApiYaml));
  router.get('/api/asyncapi.json', send('application/json', asyncApiJson));
  router.get('/api/sockets-docs', async (req, res, next) => (await sockets()).headers(req, res, next));
  router.get(
    '/api/sockets-docs',
    send('text/html', async () => (await sockets()).page)
  );
  for (const base of ['/api-docs', '/api3-docs']) {
    router.get(base, swaggerPage(config.basePath + base));
    router.get(`${base}/:asset`, swaggerAsset);
  }
  router.get('/swagger-ui-dist{/*rest}', (_req, res) => res.redirect(307, `${config.basePath}/api-docs`));
  return router;
}

const send =
  (type: string, text: () => Promise<string>): RequestHandler =>
  async (_req, res) => {
    res.setHeader('Content-Type', `${type}; charset=utf-8`);
    res.send(await text());
  };

/** The page lies in a folder, so that its files can be named relative to it. */
const swaggerPage =
  (base: string): RequestHandler =>
  (req, res) => {
    if (req.path.endsWith('/')) res.type('html').send(PAGE);
    else res.redirect(301, `${base}/`);
  };

const swaggerAsset: RequestHandler = (req, res, next) => {
  const name = String(req.params.asset);
  if (name === 'start.js') {
    res.type('js').send(START);
    return;
  }
  if (!ASSETS.has(name)) return next();
  const root = dirname(require.resolve('swagger-ui-dist/package.json'));
  res.sendFile(name, { root, maxAge: ASSET_AGE });
};
