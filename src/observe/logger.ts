import { type DestinationStream, type Logger, pino } from 'pino';
import type { Config } from '../config/config.ts';
import { CENSOR, redactText } from './redact.ts';

const SECRET_FIELDS = [
  'api-secret',
  'api_secret',
  'apiSecret',
  'authorization',
  'cookie',
  'set-cookie',
  'token',
  'secret',
  'accessToken',
  'jwtToken',
  'jwtKey',
  'jwtSecret',
  'password',
  'apnsKey',
  'apnsKeyId',
  'developerTeamId'
];

/**
 * The log: one JSON line per event, with the time in ISO. Secrets are taken out twice, by the name of the field (three levels deep)
 * and by their look in the finished line; errors show name, message and stack only, never documents that drivers attach.
 * @param destination where lines go; standard output when not given
 */
export function createLogger(level: Config['logLevel'], destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: describeError, error: describeError },
    redact: {
      paths: SECRET_FIELDS.flatMap((field) => ['', '*', '*.*'].map((parent) => `${parent}["${field}"]`)),
      censor: CENSOR
    },
    hooks: { streamWrite: redactText }
  };
  return destination ? pino(options, destination) : pino(options);
}

interface Described {
  type: string;
  message: string;
  code?: string | number;
  stack?: string;
  cause?: Described;
}

/** An error without whatever a library hung onto it: a failed write carries the document, a parse error quotes the body. */
function describeError(error: unknown, depth = 0): Described {
  if (!(error instanceof Error))
    return { type: typeof error, message: typeof error === 'string' ? error : 'not an error object' };
  const { code, cause } = error as Error & { code?: unknown };
  const quotesInput = error instanceof SyntaxError;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
  return {
    type: error.name,
    message: quotesInput ? 'malformed input' : error.message,
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(frames && { stack: frames }),
    ...(cause !== undefined && depth < 3 && { cause: describeError(cause, depth + 1) })
  };
}
