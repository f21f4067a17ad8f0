import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/read-config.ts';
import { asyncApiDocument } from '../../src/openapi/async-document.ts';
import { documentOf, operationsOf } from './kit.ts';

const require = createRequire(import.meta.url);

const ENVIRONMENTS: Record<string, string>[] = [
  { ENABLE: 'careportal' },
  { DISABLE: 'careportal' },
  { API3_SECURITY_ENABLE: 'false', SECURE_CSP: 'true', API3_MAX_LIMIT: '50', API_MAX_COUNT: '77' }
];

describe.each(ENVIRONMENTS)('OpenAPI document of a site with %j', (env) => {
  const document = documentOf(env);
  const operations = operationsOf(document);

  it('is valid OpenAPI 3.1', async () => {
    expect(await new Validator().validate({ ...structuredClone(document) })).toEqual({ valid: true });
    expect(document.openapi).toBe('3.1.0');
  });

  it('gives each operation a name of its own, a sentence and an answer', () => {
    const names = operations.map(({ spec }) => spec.operationId);
    expect(new Set(names).size).toBe(names.length);
    for (const { spec, path } of operations) {
      expect(spec.summary, path).not.toBe('');
      expect(Object.keys(spec.responses), path).not.toEqual([]);
    }
  });

  it('explains every parameter of a path', () => {
    for (const { path, method, spec } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      const explained = spec.parameters
        .map((parameter) => resolved(document, parameter))
        .filter((parameter) => parameter.in === 'path')
        .map(({ name }) => name)
        .sort();
      expect(explained, `${method} ${path}`).toEqual(named);
    }
  });

  it('has no component nobody refers to', () => {
    const text = JSON.stringify(document);
    const unused = Object.entries(document.components ?? {}).flatMap(([kind, items]) =>
      Object.keys(items ?? {}).filter((name) => kind !== 'securitySchemes' && !text.includes(`"#/components/${kind}/${name}"`))
    );
    // which refusals and parameters occur depends on the settings; with everything on, all of them do
    if (env.ENABLE) expect(unused).toEqual([]);
  });
});

it('the limits in the document are those of the site', () => {
  const { components } = documentOf({ API3_MAX_LIMIT: '50', API_MAX_COUNT: '77' });
  expect(components?.parameters).toMatchObject({
    limit: { schema: { maximum: 50, default: 50 } },
    count: { schema: { maximum: 77 } }
  });
});

it('who may do what: v3 takes a JWT, v1 also secret and token, an open v3 nothing', () => {
  const ways = (env: Record<string, string>, path: string) =>
    operationsOf(documentOf(env))
      .find((operation) => operation.path === path && operation.method === 'get')
      ?.spec.security.flatMap(Object.keys);
  expect(ways({}, '/api/v1/entries')).toEqual(['secretHeader', 'secretQuery', 'tokenQuery', 'bearer']);
  expect(ways({}, '/api/v3/entries')).toEqual(['bearer']);
  expect(ways({ API3_SECURITY_ENABLE: 'false' }, '/api/v3/entries')).toEqual([]);
  expect(ways({}, '/api/v3/version')).toEqual([]);
});

interface AsyncApi {
  readonly servers: { readonly site: object };
  readonly channels: Readonly<
    Record<
      string,
      {
        readonly messages: Readonly<
          Record<
            string,
            {
              readonly name: string;
              readonly payload?: { readonly $ref: string };
              readonly examples?: { readonly payload: unknown }[];
            }
          >
        >;
      }
    >
  >;
  readonly components: object;
}

describe('AsyncAPI document', () => {
  const schema = require('@asyncapi/specs/schemas/3.0.0.json') as object;
  const ajv = new Ajv({ strict: false, allErrors: true, meta: false, validateSchema: false, unicodeRegExp: false });
  formats.default(ajv);
  const validate = ajv.compile(schema);
  const document = (env: Record<string, string> = {}) =>
    JSON.parse(JSON.stringify(asyncApiDocument(readConfig({ API_SECRET: 'a-secret-for-tests-1', ...env })))) as AsyncApi;

  it('is valid AsyncAPI 3.0', () => {
    validate(document());
    expect(validate.errors).toBeNull();
    const wrong = { ...document(), channels: { root: { adress: '/' } } };
    expect(validate(wrong)).toBe(false);
  });

  it('has no reference into nothing', () => {
    const whole = document();
    const references = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
    expect(references.length).toBeGreaterThan(50);
    for (const path of references)
      expect(
        path.split('/').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], whole),
        path
      ).toBeTypeOf('object');
  });

  it('shows examples that fit their shapes', () => {
    const whole = document();
    const shapes = new Ajv({ strict: false });
    formats.default(shapes);
    shapes.addSchema({ $id: 'https://example.org/', components: whole.components });
    const messages = Object.values(whole.channels).flatMap(({ messages }) => Object.values(messages));
    expect(messages.filter(({ examples }) => examples).length).toBeGreaterThan(20);
    for (const { name, payload, examples } of messages) {
      if (!payload || !examples?.[0]) continue;
      const fits = shapes.compile({ $ref: `https://example.org/${payload.$ref}` });
      fits(examples[0].payload);
      expect(fits.errors, name).toBeNull();
    }
  });

  it.each([
    [{}, 'wss'],
    [{ INSECURE_USE_HTTP: 'true' }, 'ws']
  ])('says how to connect: %j', (env, protocol) => {
    expect(document(env).servers.site).toMatchObject({ protocol, pathname: '/socket.io/' });
  });
});

function resolved(document: ReturnType<typeof documentOf>, parameter: unknown): { in: string; name: string } {
  const { $ref } = parameter as { $ref?: string };
  return ($ref ? document.components?.parameters?.[$ref.split('/').at(-1)!] : parameter) as { in: string; name: string };
}
