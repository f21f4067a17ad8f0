import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { readConfig } from '../../src/config/read-config.ts';
import { type OpenApiDocument, openApiDocument } from '../../src/openapi/document.ts';

export const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
type Method = (typeof METHODS)[number];

/** One described operation. */
export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly spec: {
    readonly operationId: string;
    readonly summary: string;
    readonly parameters: readonly unknown[];
    readonly responses: Readonly<Record<string, Response>>;
    readonly security: readonly object[];
    readonly 'x-permissions': readonly (string | readonly string[])[];
  };
}

interface Response {
  readonly $ref?: string;
  readonly content?: Readonly<Record<string, object>>;
}

/** The document of a site with these settings, as a client reads it. */
export function documentOf(env: Record<string, string> = { ENABLE: 'careportal' }): OpenApiDocument {
  const config = readConfig({ API_SECRET: 'a-secret-for-tests-1', DATA_DIR: '/nowhere', ...env });
  return JSON.parse(JSON.stringify(openApiDocument(config))) as OpenApiDocument;
}

export const operationsOf = (document: OpenApiDocument): Operation[] =>
  Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const spec = (item as Partial<Record<Method, Operation['spec']>>)[method];
      return spec ? [{ method, path, spec }] : [];
    })
  );

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');
const ID = 'https://example.org/openapi.json';

/** What a client got. */
export interface Exchange {
  readonly method: string;
  /** As it was asked for, extension and query included. */
  readonly path: string;
  readonly status: number;
  readonly contentType: string | null;
  readonly body: unknown;
}

/** Holds answers against a document. */
export function createChecker(document: OpenApiDocument) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, ID);
  const operations = operationsOf(document);

  function find(method: string, asked: string): Operation | undefined {
    const url = decodeURI(asked.split('?')[0]!).toLowerCase();
    const path = /^\/api\/v\d/.test(url) ? url.replace(/\.(json|csv|tsv|txt|html|svg|png|js|xml)$/, '') : url;
    const fits = operations.filter(
      (operation) => operation.method === method.toLowerCase() && pattern(operation.path).test(path)
    );
    return fits.sort((a, b) => wildcards(a.path) - wildcards(b.path))[0];
  }

  return {
    find,
    /** What does not agree with the document, in words; empty when all does. */
    faults({ method, path, status, contentType, body }: Exchange): string[] {
      const operation = find(method, path);
      if (!operation) return [`${method} ${path} is not described`];
      const response = operation.spec.responses[status];
      if (!response) return [`${operation.method} ${operation.path} does not describe ${status}`];
      const shared = response.$ref?.split('/').at(-1);
      const content = shared ? (document.components!.responses![shared] as Response).content : response.content;
      const type = contentType?.split(';')[0] ?? '';
      if (!content) return body === undefined || body === '' ? [] : [`${status} of ${operation.path} should have no body`];
      if (!content[type]) return [`${status} of ${operation.path} does not describe ${type}`];
      if (type !== 'application/json') return typeof body === 'string' ? [] : ['no text'];
      const at = shared
        ? `/components/responses/${shared}`
        : `/paths/${escaped(operation.path)}/${operation.method}/responses/${status}`;
      const validate = ajv.compile({ $ref: `${ID}#${encodeURI(at)}/content/application~1json/schema` });
      validate(body);
      return (validate.errors ?? []).map(({ instancePath, message }) => `${method} ${path}: ${instancePath} ${message}`);
    }
  };
}

export type Checker = ReturnType<typeof createChecker>;

const wildcards = (path: string): number => path.split('{').length - 1;
const pattern = (path: string): RegExp =>
  new RegExp(
    `^${path
      .toLowerCase()
      .replace(/\/$/, '')
      .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
      .replace(/\{[^}]+\}/g, '[^/]+')}/?$`
  );
