import { OpenAPIRegistry } from '@asteasolutions/zod-to-openapi';
import type { Config } from '../config/config.ts';
import { parameters } from './parameters.ts';
import { PROBLEMS, type ProblemName } from './problems.ts';
import type { Answer, Route } from './route.ts';

/** An API: where its routes are mounted, and what all of them have in common. */
export interface Mount {
  /** Goes in front of the headings. */
  readonly label: '' | 'v1' | 'v2' | 'v3';
  readonly prefix: string;
  readonly routes: readonly Route[];
  /** Refusals any route can give; those for a body only where there is one. */
  readonly problems: {
    readonly always: readonly ProblemName[];
    readonly needed: ProblemName;
    readonly body: readonly ProblemName[];
  };
  /** Names of the ways to show who one is. */
  readonly credentials: readonly string[];
}

const HEADERS: Readonly<Record<string, string>> = {
  'Last-Modified': 'Time of the newest document, or of its last change.',
  ETag: 'Tag of this very answer.',
  'Retry-After': 'When to try again, in seconds.',
  Location: 'Where to go, or where the document can be read.'
};

const CREDENTIALS = {
  secretHeader: {
    type: 'apiKey',
    in: 'header',
    name: 'api-secret',
    description: 'SHA-1 of the API secret as hexadecimal digits, or an access token.'
  },
  secretQuery: { type: 'apiKey', in: 'query', name: 'secret', description: 'As the header `api-secret`.' },
  tokenQuery: { type: 'apiKey', in: 'query', name: 'token', description: 'An access token (`phone-1a2b3c4d5e6f7a8b`) or a JWT.' },
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'JWT of `/api/v2/authorization/request/{token}`.' }
} as const;

/** A registry with the components all routes refer to; the limits in them are those of the site. */
export function createRegistry(config: Config): OpenAPIRegistry {
  const registry = new OpenAPIRegistry();
  for (const [name, parameter] of Object.entries(parameters(config)))
    registry.registerComponent('parameters', name, { ...parameter });
  for (const [name, [, description, shape]] of Object.entries(PROBLEMS)) {
    const schema = { $ref: `#/components/schemas/${shape.meta()?.id}` };
    registry.registerComponent('responses', name, { description, content: { 'application/json': { schema } } });
  }
  for (const [name, scheme] of Object.entries(CREDENTIALS)) registry.registerComponent('securitySchemes', name, scheme);
  return registry;
}

/** Writes down one route of a mount. */
export function describeRoute(registry: OpenAPIRegistry, mount: Mount, route: Route): void {
  const path = `${mount.prefix}${route.path}`;
  const rights = route.permissions.map((right) =>
    typeof right === 'string' ? `\`${right}\`` : right.map((one) => `\`${one}\``).join(' or ')
  );
  const description = [route.description, rights.length > 0 && `Takes ${rights.join(' and ')}.`].filter(Boolean).join('\n\n');
  registry.registerPath({
    method: route.method,
    path,
    operationId: operationId(route.method, path),
    tags: [headingOf(mount, route)],
    summary: route.summary,
    ...(description !== '' && { description }),
    parameters: (route.parameters ?? []).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ...(route.body && { request: { body: { required: true, content: { 'application/json': { schema: route.body } } } } }),
    responses: responsesOf(mount, route),
    security: securityOf(mount, route),
    'x-permissions': route.permissions
  });
}

/** Heading of a route. */
export const headingOf = ({ label }: Pick<Mount, 'label'>, { tag }: Pick<Route, 'tag'>): string =>
  label === '' ? tag : `${label} ${tag}`;

/** `GET /api/v1/entries/{spec}` → `getApiV1EntriesBySpec`: a name for generated clients. */
function operationId(method: string, path: string): string {
  const words = path.replaceAll('{', 'by-').match(/[A-Za-z0-9]+/g) ?? [];
  return (
    method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') + (path.endsWith('/') ? 'Index' : '')
  );
}

function securityOf({ credentials }: Mount, route: Route): Record<string, string[]>[] {
  const ways = credentials.map((name) => ({ [name]: [] }));
  if (route.credentials === 'optional') return [{}, ...ways];
  return isNeeded(route) ? ways : [];
}

const isNeeded = ({ credentials, permissions }: Route): boolean =>
  credentials === 'needed' || (credentials === undefined && permissions.length > 0);

function responsesOf({ problems }: Mount, route: Route) {
  const names: readonly ProblemName[] = [
    ...problems.always,
    ...(isNeeded(route) ? [problems.needed] : []),
    ...(route.body ? problems.body : []),
    ...(route.problems ?? [])
  ];
  return {
    ...Object.fromEntries(names.map((name) => [PROBLEMS[name][0], { $ref: `#/components/responses/${name}` }])),
    ...Object.fromEntries(Object.entries(route.answers).map(([status, answer]) => [status, responseOf(answer)]))
  };
}

function responseOf({ description, content, headers = [] }: Answer) {
  return {
    description,
    ...(headers.length > 0 && {
      headers: Object.fromEntries(
        headers.map((name) => [name, { description: HEADERS[name] ?? '', schema: { type: 'string' as const } }])
      )
    }),
    ...(content && {
      content: Object.fromEntries(
        Object.entries(content).map(([type, shape]) => [type, { schema: shape === 'text' ? { type: 'string' as const } : shape }])
      )
    })
  };
}
