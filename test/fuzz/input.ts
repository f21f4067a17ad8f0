/** A request over HTTP. Text between `{{` and `}}` is filled in when it is sent: `{{id:3}}`, `{{jwt:admin}}`, `{{secret}}`. */
export interface HttpInput {
  readonly door: 'http';
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as it is; `base64:` in front for bytes. */
  readonly body?: string;
}

/** Bytes on a bare connection (latin1). */
export interface RawInput {
  readonly door: 'raw';
  readonly bytes: string;
}

/** What one client of a namespace says. */
export interface FrameInput {
  readonly door: 'frame';
  /** Which of the clients says it. */
  readonly client: number;
  readonly event: string;
  readonly args: readonly unknown[];
  /** Whether an acknowledgement is asked for. */
  readonly ack: boolean;
  /** Sent in place of the event: the text of a packet below Socket.IO. */
  readonly packet?: string;
}

/** Packets of a client that speaks Engine.IO by hand, over polling. */
export interface EngineInput {
  readonly door: 'engine';
  readonly version: 3 | 4;
  readonly query: string;
  readonly contentType: string;
  readonly payload: string;
}

export type Input = HttpInput | RawInput | FrameInput | EngineInput;

/** What came back. `status` 0: nothing. */
export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly ms: number;
  /** What went wrong on the way, if the client cannot say it as an answer. */
  readonly trouble?: string;
}

/** Whether an input may change what is stored. */
export const mayWrite = (input: Input): boolean =>
  input.door !== 'http' || !['GET', 'HEAD', 'OPTIONS'].includes(input.method.toUpperCase());

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The input as a line for a shell, or as near as it gets. */
export function shown(input: Input, url = '$SITE'): string {
  if (input.door === 'http') {
    const { method, path, headers, body } = input;
    const parts = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
    const bytes = body?.startsWith('base64:');
    const data = body === undefined ? '' : ` --data-binary ${bytes ? '@-' : quoted(body)}`;
    const pipe = bytes ? `echo ${body!.slice(7)} | base64 -d | ` : '';
    return `${pipe}curl -g --path-as-is -i -X ${method} ${parts.join(' ')}${data} "${url}"${quoted(path)}`;
  }
  if (input.door === 'raw') return `printf %b ${quoted(JSON.stringify(input.bytes).slice(1, -1))} | nc …`;
  return JSON.stringify(input);
}
