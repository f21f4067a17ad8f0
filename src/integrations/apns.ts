import { createPrivateKey, type KeyObject } from 'node:crypto';
import { connect } from 'node:http2';
import jwt from 'jsonwebtoken';
import type { LoopPushSettings } from '../config/integrations.ts';

/** One push for one app on one phone. */
interface ApplePush {
  readonly deviceToken: string;
  /** Bundle id of the app. */
  readonly topic: string;
  readonly payload: object;
  /** Apple gives up then, epoch ms. */
  readonly expiration: number;
}

/** Apple's push service, or what stands in for it. */
export interface ApplePushService {
  /** Hands a push over, once. @throws PushRefused */
  send(push: ApplePush): Promise<void>;
}

/** Why a push was not taken, in Apple's word or ours; holds no key and no health value. */
export class PushRefused extends Error {}

/** Apple takes a token for an hour, and does not want a new one more often than every 20 minutes; ms. */
const TOKEN_AGE = 40 * 60_000;
/** It comes from a profile and becomes a header. */
const BUNDLE_ID = /^[\w.-]+$/;
const LONGEST_ANSWER = 10_000;

/**
 * Pushes to Apple over HTTP/2, with a token signed by the developer's key (ES256). One connection per push: remote commands are
 * few, and nothing has to be closed. A push is never repeated: a bolus must not arrive twice.
 * @param settings key, id and team all set
 * @param options.now epoch ms
 * @param options.timeoutMs for connection and answer together
 */
export function createApplePushService(
  { apnsKey, apnsKeyId, developerTeamId, url }: LoopPushSettings,
  { now, timeoutMs = 10_000 }: { now: () => number; timeoutMs?: number }
): ApplePushService {
  let token: { readonly text: string; readonly at: number } | undefined;

  function freshToken(): string {
    const at = now();
    if (!token || at - token.at >= TOKEN_AGE || at < token.at) {
      try {
        const claims = { iss: developerTeamId, iat: Math.floor(at / 1000) };
        token = { text: jwt.sign(claims, readKey(apnsKey), { algorithm: 'ES256', keyid: apnsKeyId }), at };
      } catch {
        // the library's words could repeat the key
        throw new PushRefused('LOOP_APNS_KEY is not a readable key');
      }
    }
    return token.text;
  }

  return {
    async send({ deviceToken, topic, payload, expiration }) {
      if (!BUNDLE_ID.test(topic)) throw new PushRefused('the bundle identifier is not valid');
      const headers = {
        ':method': 'POST',
        ':path': `/3/device/${encodeURIComponent(deviceToken)}`,
        authorization: `bearer ${freshToken()}`,
        'content-type': 'application/json',
        'apns-topic': topic,
        'apns-push-type': 'alert',
        'apns-priority': '10',
        'apns-expiration': String(Math.floor(expiration / 1000))
      };
      const { status, text } = await post(url, headers, JSON.stringify(payload), timeoutMs);
      if (status !== 200) throw new PushRefused(reasonOf(text) ?? `HTTP ${status}`);
    }
  };
}

function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  timeoutMs: number
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const session = connect(url);
    let sent = false;
    let status = 0;
    let text = '';
    const timer = setTimeout(() => fail('no answer in time'), timeoutMs);

    function finish(): void {
      clearTimeout(timer);
      session.destroy();
    }
    function fail(reason: string): void {
      finish();
      // who reads this must not send a bolus again without looking
      reject(new PushRefused(sent ? `${reason}; the command may have arrived all the same` : reason));
    }
    function broken(error: NodeJS.ErrnoException): void {
      // a stream only says that it was cancelled, and why in its cause
      const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
      fail(`no connection, ${code ?? error.name}`);
    }

    session.on('error', broken);
    session.on('connect', () => {
      sent = true;
    });
    const request = session.request(headers);
    request.setEncoding('utf8');
    request.on('error', broken);
    request.on('response', (answer) => {
      status = Number(answer[':status']);
    });
    request.on('data', (chunk: string) => {
      if (text.length < LONGEST_ANSWER) text += chunk;
    });
    request.on('close', () => {
      if (status === 0) return fail('the connection was closed');
      finish();
      resolve({ status, text });
    });
    request.end(body);
  });
}

/** Apple's `{"reason":"BadDeviceToken"}`. */
function reasonOf(text: string): string | undefined {
  try {
    const { reason } = JSON.parse(text) as { reason?: unknown };
    return typeof reason === 'string' && /^[\w .-]{1,80}$/.test(reason) ? reason : undefined;
  } catch {
    return undefined;
  }
}

/** The key as Apple's file has it, also where its line breaks became `\n`, spaces or nothing on the way into a variable. */
function readKey(text: string): KeyObject {
  const base64 = text
    .replace(/-----[A-Z ]+-----/g, '')
    .replace(/\\[nr]/g, '')
    .replace(/\s+/g, '');
  return createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });
}
