import { OpenApiGeneratorV31 } from '@asteasolutions/zod-to-openapi';
import type { Config } from '../config/config.ts';
import { SERVER } from '../config/version.ts';
import { createRegistry, describeRoute, headingOf, type Mount } from './registry.ts';
import type { Route } from './route.ts';
import { ROUTES_OPS } from './routes-ops.ts';
import { ROUTES_ROOT } from './routes-root.ts';
import { ROUTES_V1 } from './routes-v1.ts';
import { ROUTES_V2 } from './routes-v2.ts';
import { ROUTES_V3 } from './routes-v3.ts';
import { Problem, V3Problem } from './shapes/errors.ts';

/** An OpenAPI 3.1 document. */
export type OpenApiDocument = ReturnType<OpenApiGeneratorV31['generateDocument']>;

const EARLY = {
  problems: { always: ['BadRequest', 'Failed', 'Away'], needed: 'Unauthorized', body: ['TooLarge', 'UnsupportedType'] },
  credentials: ['secretHeader', 'secretQuery', 'tokenQuery', 'bearer']
} as const satisfies Partial<Mount>;

/** Shapes only components refer to. */
const COMMON = [Problem, V3Problem].map((schema) => ({ type: 'schema' as const, schema }));

/** Every API, and where it is mounted. */
const mounts = ({ api3 }: Config): Mount[] => [
  { label: 'v1', prefix: '/api/v1', routes: ROUTES_V1, ...EARLY },
  { label: 'v2', prefix: '/api/v2', routes: ROUTES_V1, ...EARLY },
  { label: 'v2', prefix: '/api/v2', routes: ROUTES_V2, ...EARLY },
  {
    label: 'v3',
    prefix: '/api/v3',
    routes: ROUTES_V3,
    problems: { always: ['V3Failed', 'V3Away'], needed: 'V3Unauthorized', body: [] },
    credentials: api3.securityEnable ? ['bearer'] : []
  },
  {
    label: '',
    prefix: '',
    routes: [...ROUTES_ROOT, ...ROUTES_OPS],
    problems: { always: [], needed: 'Unauthorized', body: [] },
    credentials: EARLY.credentials
  }
];

const ABOUT = `The REST APIs of this server, which speaks the protocol of Nightscout.

* **Units.** Glucose is mg/dl, times are epoch milliseconds, durations minutes, insulin U, carbs g, unless a description says otherwise.
* **Documents are open.** Apps send fields of their own; they are kept and come back as they were sent.
* **Extensions (v1, v2).** A path may end in \`.json\`, \`.csv\`, \`.tsv\`, \`.txt\` or \`.html\`, which takes the place of \`Accept\`. Entries and status answer in that form, everything else in JSON. Without either, entries are text: apps ask for \`/api/v1/entries.json\`.
* **Extensions (v3).** \`.json\`, \`.csv\` and \`.xml\`.
* **Paths** know no upper and lower case, and may end in a slash. \`HEAD\` answers where \`GET\` does, \`OPTIONS\` on v1 and v2 tells the methods of a path.
* **Permissions** stand with each operation and under \`x-permissions\`. Visitors without credentials have those of AUTH_DEFAULT_ROLES on v1 and v2, and none on v3. A missing permission is 401 on v1 and v2, 403 on v3.
* **Bodies** are JSON, on v1 and v2 also forms, and may be compressed with gzip.
* **Wrong credentials** slow down everything from the same address.

What happens over Socket.IO is described in [asyncapi.json](/api/asyncapi.json), readable [here](/api/sockets-docs).`;

/** A route as it stands on a site, and what it takes. */
export interface SiteRoute {
  readonly method: Route['method'];
  /** Whole, names in braces. */
  readonly path: string;
  readonly summary: string;
  readonly permissions: Route['permissions'];
  /** Nobody comes in without a token, whatever strangers may elsewhere, and the API secret does not count (v3). */
  readonly takesToken: boolean;
  /** It asks for no credentials at all. */
  readonly isOpen: boolean;
}

/** The same routes the description is made of, for those who ask what somebody may. */
export const siteRoutes = (config: Config): SiteRoute[] =>
  mounts(config).flatMap((mount) =>
    mount.routes
      .filter(({ when }) => when?.(config) ?? true)
      .map((route) => {
        const isOpen = mount.credentials.length === 0 || !(route.permissions.length > 0 || route.credentials === 'needed');
        const { method, summary, permissions } = route;
        return {
          method,
          path: mount.prefix + route.path,
          summary,
          permissions,
          takesToken: mount.label === 'v3' && !isOpen,
          isOpen
        };
      })
  );

/** The description of all HTTP routes of a site with these settings. */
export function openApiDocument(config: Config): OpenApiDocument {
  const registry = createRegistry(config);
  const headings = new Set<string>();
  for (const mount of mounts(config)) {
    for (const route of mount.routes) {
      if (route.when && !route.when(config)) continue;
      headings.add(headingOf(mount, route));
      describeRoute(registry, mount, route);
    }
  }
  return new OpenApiGeneratorV31([...registry.definitions, ...COMMON], {
    sortComponents: 'alphabetically'
  }).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Vigil',
      version: SERVER.version,
      description: ABOUT,
      license: { name: 'MIT', identifier: 'MIT' }
    },
    servers: [{ url: config.basePath || '/', description: 'This site.' }],
    tags: [...headings].map((name) => ({ name }))
  });
}
