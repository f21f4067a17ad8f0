import { describe, expect, it } from 'vitest';
import { createLogger } from '../../src/observe/logger.ts';

type Line = Record<string, unknown>;

function logged(
  level: Parameters<typeof createLogger>[0],
  act: (log: ReturnType<typeof createLogger>) => void
): { text: string; lines: Line[] } {
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
  };
  act(createLogger(level, { write }));
  return {
    text,
    lines: text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line)
  };
}

describe('the log', () => {
  it('writes one JSON line with level and ISO time', () => {
    const { lines } = logged('info', (log) => {
      log.debug('not this');
      log.info({ port: 1337 }, 'listening');
    });
    expect(lines).toEqual([
      { level: 'info', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/), port: 1337, msg: 'listening' }
    ]);
  });

  it('is silent when told so', () => expect(logged('silent', (log) => log.fatal('x')).text).toBe(''));

  it.each([
    ['on top', { token: 'tok-value-1' }],
    ['in headers', { headers: { 'api-secret': 'tok-value-1', authorization: 'tok-value-1', cookie: 'tok-value-1' } }],
    ['in a request', { req: { headers: { 'api-secret': 'tok-value-1', authorization: 'tok-value-1' } } }],
    ['of the configuration', { config: { apiSecret: 'tok-value-1', jwtSecret: 'tok-value-1' } }],
    ['push keys', { extendedSettings: { loop: { apnsKey: 'tok-value-1', password: 'tok-value-1' } } }],
    ['in a text', { note: 'GET /x?secret=tok-value-1&count=1' }],
    ['in an address', { uri: 'mongodb://user:tok-value-1@host/db' }]
  ])('takes out a secret %s', (_, fields) => {
    const { text, lines } = logged('info', (log) => log.info(fields, 'msg with token=x&token=tok-value-1&'));
    expect(text).not.toContain('tok-value-1');
    expect(text).toContain('[redacted]');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(fields), 'what was logged must stay as it was').toContain('tok-value-1');
  });

  it('shows errors without the documents drivers attach and without quoted bodies', () => {
    const write = Object.assign(new Error('bulk write failed', { cause: new TypeError('inner') }), {
      code: 11000,
      writeErrors: [{ op: { sgv: 54321 } }]
    });
    let parse: unknown;
    try {
      JSON.parse('{"sgv":54321,x}');
    } catch (error) {
      parse = Object.assign(error as Error, { body: '{"sgv":54321,x}' });
    }
    const { text, lines } = logged('info', (log) => {
      log.error({ err: write }, 'write');
      log.error({ err: parse }, 'parse');
      log.error({ err: { sgv: 54321 } }, 'thrown object');
    });
    expect(text).not.toContain('54321');
    expect(lines[0]).toMatchObject({
      err: {
        type: 'Error',
        message: 'bulk write failed',
        code: 11000,
        stack: expect.stringContaining('at '),
        cause: { message: 'inner' }
      }
    });
    expect(lines[1]).toMatchObject({ err: { type: 'SyntaxError', message: 'malformed input' } });
  });
});
